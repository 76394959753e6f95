/** Links that GStreamer can never make: pads that are not there, are taken, or whose caps cannot meet. */
import { type Caps, canMeet, parseCaps } from '../caps/index.ts';
import type { ElementInfo, PadTemplate } from '../catalogue/index.ts';
import type { Graph, Link, Node, PadRef } from '../model.ts';
import type { LintContext } from './types.ts';
import { capsFault } from './value/fault.ts';

interface End {
  node: Node;
  info: ElementInfo;
  /** Those that the link may take. */
  pads: PadTemplate[];
}

export function lintLinks(graph: Graph, context: LintContext): void {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  for (const link of graph.links) lintLink(link, nodes, context);
  for (const output of graph.outputs) endOf(output.from, 'src', output.at, nodes, context);
  if (graph.source) endOf(graph.source, 'sink', nodes.get(graph.source.node)?.at ?? 0, nodes, context);
  for (const node of graph.nodes) lintTaken(node, graph, context);
}

function lintLink(link: Link, nodes: ReadonlyMap<string, Node>, context: LintContext): void {
  const { findings, path } = context;
  const fault = link.caps === undefined ? undefined : capsFault(link.caps);
  if (fault !== undefined)
    findings.error('caps-syntax', path(link.at), `the caps \`${link.caps}\`: they ${fault.replace(/^cannot/, 'cannot')}`);
  const from = endOf(link.from, 'src', link.at, nodes, context);
  const to = endOf(link.to, 'sink', link.at, nodes, context);
  if (from === undefined || to === undefined || fault !== undefined) return;
  const filter = link.caps === undefined ? 'ANY' : parseCaps(link.caps);
  const [given, taken] = [capsOf(from), capsOf(to)];
  if (!given.some((caps) => canMeet(caps, filter))) {
    findings.error(
      'caps-never-meet',
      path(link.at),
      `\`${from.info.name}\` never gives \`${link.caps}\`: it gives ${kinds(given)}`,
    );
  } else if (!taken.some((caps) => canMeet(filter, caps))) {
    findings.error(
      'caps-never-meet',
      path(link.at),
      `\`${to.info.name}\` never takes \`${link.caps}\`: it takes ${kinds(taken)}`,
    );
  } else if (!given.some((caps) => taken.some((other) => canMeet(caps, other)))) {
    const message = `\`${from.info.name}\` and \`${to.info.name}\` share no format: the first gives ${kinds(given)}, the second takes ${kinds(taken)}`;
    findings.error('caps-never-meet', path(link.at), message);
  }
}

/** The pads that one end of a link may take; undefined, where there is none or the element is not known. */
function endOf(
  ref: PadRef,
  direction: PadTemplate['direction'],
  at: number,
  nodes: ReadonlyMap<string, Node>,
  { catalogue, findings, path }: LintContext,
): End | undefined {
  const node = nodes.get(ref.node);
  const info = node && catalogue.element(node.factory);
  if (!node || !info) return undefined;
  const side = info.pads.filter((pad) => pad.direction === direction);
  const pads = ref.pad === undefined ? side : side.filter(({ name }) => givesPad(name, ref.pad as string));
  if (pads.length > 0) return { node, info, pads };
  if (side.length > 0) {
    const names = side.map(({ name }) => `\`${name}\``).join(', ');
    findings.error('unknown-pad', path(at), `\`${info.name}\` has no ${word(direction)} pad \`${ref.pad}\`; it has ${names}`);
  } else if (ref.node !== undefined && nodes.size > 0) {
    findings.error('no-pad', path(at), noPad(info, direction));
  }
  return undefined;
}

const word = (direction: PadTemplate['direction']) => (direction === 'src' ? 'source' : 'sink');

function noPad(info: ElementInfo, direction: PadTemplate['direction']): string {
  return direction === 'src'
    ? `\`${info.name}\` has no source pad: nothing can come after it`
    : `\`${info.name}\` has no sink pad: nothing can be linked to it`;
}

/** Whether a template such as `video_%u` gives a pad such as `video_0`. */
export function givesPad(template: string, pad: string): boolean {
  if (template === pad) return true;
  const pattern = template
    .split(/(%[udsc])/)
    .map((part) => (part === '%u' || part === '%d' ? '-?\\d+' : /^%[sc]$/.test(part) ? '.+' : part.replace(/[^\w]/g, '\\$&')))
    .join('');
  return new RegExp(`^${pattern}$`).test(pad);
}

/** A pad takes one link: where an element has only pads that are always there, they are soon taken. */
function lintTaken(node: Node, graph: Graph, { catalogue, findings, path }: LintContext): void {
  const info = catalogue.element(node.factory);
  if (info === undefined) return;
  const out = [...graph.links, ...graph.outputs].filter(({ from }) => from.node === node.id);
  const into = graph.links.filter(({ to }) => to.node === node.id);
  const lasting = (direction: PadTemplate['direction']) => {
    const pads = info.pads.filter((pad) => pad.direction === direction);
    return pads.length > 0 && pads.every(({ presence }) => presence === 'always') ? pads.length : Number.POSITIVE_INFINITY;
  };
  const [outs, ins] = [lasting('src'), lasting('sink')];
  const tooMuch = out[outs];
  if (tooMuch) {
    const message = `\`${info.name}\` has ${count(outs, 'source')}, which ${outs === 1 ? 'is' : 'are'} linked already: put a \`tee\` after it, and a \`queue\` at the head of each branch`;
    findings.error('pad-taken', path(tooMuch.at), message);
  }
  const source = graph.source?.node === node.id ? 1 : 0;
  const another = into[ins - source];
  if (another) {
    const message = `\`${info.name}\` has ${count(ins, 'sink')}, which ${ins === 1 ? 'is' : 'are'} linked already: join the branches before it (by a muxer, a mixer or funnel)`;
    findings.error('pad-taken', path(another.at), message);
  }
}

const count = (pads: number, kind: string) => (pads === 1 ? `one ${kind} pad` : `${pads} ${kind} pads`);

/** A capsfilter gives and takes what it is told to. */
function capsOf({ node, info, pads }: End): Caps[] {
  const told = info.name === 'capsfilter' ? node.properties.caps : undefined;
  if (told !== undefined && capsFault(String(told)) === undefined) return [parseCaps(String(told))];
  return pads.map(({ caps }) => parseCaps(caps));
}

/** Media types, each once. */
function kinds(all: readonly Caps[]): string {
  const names = all.flatMap((caps) => (caps === 'ANY' ? ['anything'] : caps.map(({ name }) => name)));
  return [...new Set(names)].join(', ') || 'nothing';
}
