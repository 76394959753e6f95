/** Properties that an element does not have, does not let be set, or cannot read the value of. */
import type { Path } from '../../finding.ts';
import { nearestName } from '../../nearest.ts';
import type { ElementInfo, PropertyInfo } from '../catalogue/index.ts';
import type { Graph, Node, PropertyValue } from '../model.ts';
import { lintPadMade, noSuchPad, padPropertyOf } from './pad-properties.ts';
import { givesPad } from './pads.ts';
import type { LintContext } from './types.ts';
import { valueFault } from './value/fault.ts';

/** Characters of a value that are told. */
const maxTold = 80;
/** Properties of an element that are told. */
const maxNames = 4;

type Properties = Readonly<Record<string, PropertyInfo>>;

/** Of the element, or of one of its pads. */
export function propertyOf(info: ElementInfo, name: string): PropertyInfo | undefined {
  const ofPad = padPropertyOf(info, name);
  return ofPad ? known(ofPad.template?.properties ?? {}, ofPad.own) : known(info.properties, name);
}

/** GObject takes `_` for `-`. */
function known(properties: Properties, written: string): PropertyInfo | undefined {
  const name = written.replaceAll('_', '-');
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}

export const isChildProperty = (name: string): boolean => name.includes('::');

/** What has the property is in the catalogue: the element itself, or a pad of it. */
export const isChecked = (info: ElementInfo, name: string): boolean =>
  !isChildProperty(name) || padPropertyOf(info, name) !== undefined;

export function lintProperties(node: Node, info: ElementInfo, graph: Graph, context: LintContext): void {
  const { findings, path } = context;
  for (const [name, value] of Object.entries(node.properties)) {
    const at = path(node.at, 'properties', name);
    if (findings.failed(at)) continue; // the value is not what was written
    if (isChildProperty(name) && !info.childProxy) {
      findings.error('unknown-property', at, `${childless(info, name)}, so it has no property \`${name}\``);
      continue;
    }
    const ofPad = padPropertyOf(info, name);
    if (isChildProperty(name) && !ofPad) continue; // of a child that is known only when it is there
    const property = propertyOf(info, name);
    if (ofPad && !ofPad.template) findings.error('unknown-pad', at, noSuchPad(info, ofPad, name));
    else if (property === undefined) findings.error('unknown-property', at, unknown(info, name));
    else lintValue(name, value, property, info, at, context);
    if (ofPad && property) lintPadMade(node, name, ofPad, graph, context);
  }
}

function lintValue(
  name: string,
  value: PropertyValue,
  property: PropertyInfo,
  info: ElementInfo,
  at: Path,
  { findings, plain }: LintContext,
): void {
  if (!property.writable) {
    findings.error('read-only-property', at, `\`${name}\` of \`${info.name}\` can be read only`);
    return;
  }
  if (property.type === 'other') {
    const message = `\`${name}\` of \`${info.name}\` takes an object of the type ${property.typeName}, which no text can give`;
    findings.error('property-value', at, message);
    return;
  }
  const written = property.type === 'string' && typeof value !== 'string' ? plain(at) : undefined;
  if (written !== undefined && written !== String(value)) {
    const message = `\`${name}\` of \`${info.name}\` becomes \`${value}\`, which is what YAML reads from ${written}: put it in quotes`;
    findings.warning('not-as-written', at, message);
  }
  const fault = valueFault(String(value), property);
  if (fault !== undefined) findings.error('property-value', at, `\`${name}\` of \`${info.name}\`: \`${short(value)}\` ${fault}`);
  if (property.deprecated) {
    const message = `\`${name}\` of \`${info.name}\` is deprecated, and may be gone in a later GStreamer`;
    findings.warning('deprecated-property', at, message);
  }
}

/** GStreamer sets a property of a pad only where the element hands it on. */
function childless(info: ElementInfo, name: string): string {
  const isPad = info.pads.some((template) => givesPad(template.name, name.split('::', 1)[0] ?? ''));
  return isPad ? `\`${info.name}\` lets no property of its pads be set` : `\`${info.name}\` has no children`;
}

function unknown(info: ElementInfo, name: string): string {
  if (name === 'name') return `\`name\` cannot be set: what other entries call an element is its \`alias\``;
  const { pad, own, template } = padPropertyOf(info, name) ?? { own: name };
  const names = Object.keys(template?.properties ?? info.properties);
  const whole = (one: string) => (pad === undefined ? one : `${pad}::${one}`);
  const nearest = nearestName(own, names);
  const longer = names.filter((one) => one.split('-').length > 1 && `-${one}-`.includes(`-${own}-`));
  const told = longer.slice(0, maxNames).map((one) => `\`${whole(one)}\``);
  let hint = `; \`gst-inspect-1.0 ${info.name}\` lists those that it has`;
  if (nearest !== undefined) hint = `; did you mean \`${whole(nearest)}\`?`;
  else if (told.length > 0) hint = `; it has ${told.join(', ')}`;
  return `\`${info.name}\` has no property \`${name}\`${hint}`;
}

function short(value: unknown): string {
  const text = String(value);
  return text.length > maxTold ? `${text.slice(0, maxTold)}…` : text;
}
