/** Properties that an element does not have, does not let be set, or cannot read the value of. */
import { meant } from '../../nearest.ts';
import type { ElementInfo, PropertyInfo } from '../catalogue/index.ts';
import type { Node } from '../model.ts';
import type { LintContext } from './types.ts';
import { valueFault } from './value/fault.ts';

/** Characters of a value that are told. */
const maxTold = 80;
/** Properties of an element that are told. */
const maxNames = 4;

/** GObject takes `_` for `-`. */
export function propertyOf(info: ElementInfo, name: string): PropertyInfo | undefined {
  const known = name.replaceAll('_', '-');
  return Object.hasOwn(info.properties, known) ? info.properties[known] : undefined;
}

export const isChildProperty = (name: string): boolean => name.includes('::');

export function lintProperties(node: Node, info: ElementInfo, { findings, path, plain }: LintContext): void {
  for (const [name, value] of Object.entries(node.properties)) {
    const at = path(node.at, 'properties', name);
    if (findings.failed(at)) continue; // the value is not what was written
    if (isChildProperty(name)) {
      if (!info.childProxy) {
        findings.error('unknown-property', at, `\`${info.name}\` has no children, so it has no property \`${name}\``);
      }
      continue;
    }
    const property = propertyOf(info, name);
    if (property === undefined) {
      findings.error('unknown-property', at, unknown(info, name));
      continue;
    }
    if (!property.writable) {
      findings.error('read-only-property', at, `\`${name}\` of \`${info.name}\` can be read only`);
      continue;
    }
    if (property.type === 'other') {
      const message = `\`${name}\` of \`${info.name}\` takes an object of the type ${property.typeName}, which no text can give`;
      findings.error('property-value', at, message);
      continue;
    }
    const written = property.type === 'string' && typeof value !== 'string' ? plain(at) : undefined;
    if (written !== undefined && written !== String(value)) {
      const message = `\`${name}\` of \`${info.name}\` becomes \`${value}\`, which is what YAML reads from ${written}: put it in quotes`;
      findings.warning('not-as-written', at, message);
    }
    const fault = valueFault(String(value), property);
    if (fault !== undefined)
      findings.error('property-value', at, `\`${name}\` of \`${info.name}\`: \`${short(value)}\` ${fault}`);
    if (property.deprecated) {
      findings.warning(
        'deprecated-property',
        at,
        `\`${name}\` of \`${info.name}\` is deprecated, and may be gone in a later GStreamer`,
      );
    }
  }
}

function unknown(info: ElementInfo, name: string): string {
  if (name === 'name') return `\`name\` cannot be set: what other entries call an element is its \`alias\``;
  const own = Object.keys(info.properties);
  const longer = own.filter((known) => known.split('-').length > 1 && `-${known}-`.includes(`-${name}-`));
  const told = longer.slice(0, maxNames).map((known) => `\`${known}\``);
  const list = told.length > 0 ? `; it has ${told.join(', ')}` : `; \`gst-inspect-1.0 ${info.name}\` lists those that it has`;
  return `\`${info.name}\` has no property \`${name}\`${meant(name, own) || list}`;
}

function short(value: unknown): string {
  const text = String(value);
  return text.length > maxTold ? `${text.slice(0, maxTold)}…` : text;
}
