/**
 * Properties of pads, such as `sink_0::xpos`. GStreamer sets them when a link makes the pad, and says nothing of those whose
 * pad never comes: the run ends well, and its output is not what was meant.
 */
import type { ElementInfo, PadTemplate } from '../catalogue/index.ts';
import type { Graph, Node } from '../model.ts';
import { givesPad } from './pads.ts';
import type { LintContext } from './types.ts';

/** Names of pads that are told. */
const maxNames = 4;

export interface PadProperty {
  pad: string;
  /** What is behind `::`. */
  own: string;
  /** What gives pads of that name; undefined, where nothing does. */
  template: PadTemplate | undefined;
}

/** Of an element whose children are its pads; undefined for any other, whose children are known only when they are there. */
export function padPropertyOf({ pads }: ElementInfo, name: string): PadProperty | undefined {
  const [pad = '', own, ...deeper] = name.split('::');
  if (own === undefined || deeper.length > 0) return undefined;
  const templates = pads.filter(({ properties }) => properties);
  if (templates.length === 0) return undefined;
  return { pad, own, template: templates.find((template) => givesPad(template.name, pad)) };
}

/** What is said of a name before `::` that is no pad. */
export function noSuchPad(info: ElementInfo, { pad }: PadProperty, name: string): string {
  const names = info.pads.flatMap((template) => (template.properties ? [`\`${template.name}\``] : []));
  return `\`${info.name}\` has no sink pad \`${pad}\`, so it has no property \`${name}\`; it has ${names.join(', ')}`;
}

/** Tells where no link makes the pad: nearly always its number is wrong. */
export function lintPadMade(node: Node, name: string, asked: PadProperty, graph: Graph, { findings, path }: LintContext): void {
  if (asked.template?.presence !== 'request') return;
  const made = padsMade(asked.template.name, node, graph);
  if (made === undefined || made.includes(asked.pad)) return;
  const told = made.slice(0, maxNames).map((pad) => `\`${pad}\``);
  const rest = made.length > told.length ? ` and ${made.length - told.length} more` : '';
  const instead = made.length > 0 ? `; its links can make ${told.join(', ')}${rest}` : '';
  const message = `\`${name}\` of \`${node.factory}\` is never set, for no link makes a pad \`${asked.pad}\`${instead}`;
  findings.warning('unlinked-pad', path(node.at, 'properties', name), message);
}

/**
 * Names that pads of a template may get. To a pad that no link names a mixer gives the number behind the highest so far;
 * which link comes first is not always known here. Undefined, where the element has numbers of its own, as `sink_%d` of
 * mpegtsmux, which are those of the streams in its file.
 */
function padsMade(template: string, { id }: Node, { links, source }: Graph): string[] | undefined {
  const ends = [...links.map(({ to }) => to), ...(source ? [source] : [])].filter(({ node }) => node === id);
  const names = ends.flatMap(({ pad }) => (pad === undefined || pad.includes('%') ? [] : [pad]));
  const counted = ends.length - names.length;
  const own = names.filter((pad) => givesPad(template, pad));
  if (counted === 0) return own;
  if (!template.includes('%')) return [template];
  if (!template.endsWith('%u')) return undefined;
  const stem = template.slice(0, -'%u'.length);
  const highest = [-1, ...own.map((pad) => Number(pad.slice(stem.length)))];
  const numbered = highest.flatMap((last) => Array.from({ length: counted }, (_, step) => `${stem}${last + 1 + step}`));
  return [...new Set([...own, ...numbered])];
}
