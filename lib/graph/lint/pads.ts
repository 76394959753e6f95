/** Pads that are named and not there, or taken twice. */
import type { ElementInfo, PadTemplate } from '../catalogue/index.ts';
import type { Graph, Node, PadRef } from '../model.ts';
import type { LintContext } from './types.ts';

type Side = PadTemplate['direction'];

/** The pads that one end of a link may take; none where they are not known. */
export function padsOf(info: ElementInfo, { pad }: PadRef, side: Side): PadTemplate[] {
  const all = info.pads.filter(({ direction }) => direction === side);
  return pad === undefined ? all : all.filter(({ name }) => givesPad(name, pad));
}

/** Whether a template such as `video_%u` gives a pad such as `video_0`. */
export function givesPad(template: string, pad: string): boolean {
  if (template === pad) return true;
  const pattern = template
    .split(/(%\d*[udxsc])/)
    .map((part) => conversions[/^%\d*([udxsc])$/.exec(part)?.[1] ?? ''] ?? part.replace(/[^\w]/g, '\\$&'))
    .join('');
  return new RegExp(`^${pattern}$`).test(pad);
}

/** As printf writes them: those of `tsdemux` are `video_%01x_%05x`. */
const conversions: Record<string, string> = { u: '-?\\d+', d: '-?\\d+', x: '[0-9a-f]+', s: '.+', c: '.+' };

/** Tells where one end of a link can have no pad. */
export function lintEnd(ref: PadRef, side: Side, at: number, info: ElementInfo, { findings, path }: LintContext): void {
  if (padsOf(info, ref, side).length > 0) return;
  const kind = side === 'src' ? 'source' : 'sink';
  const names = padsOf(info, { node: ref.node }, side).map(({ name }) => `\`${name}\``);
  if (names.length > 0) {
    findings.error('unknown-pad', path(at), `\`${info.name}\` has no ${kind} pad \`${ref.pad}\`; it has ${names.join(', ')}`);
  } else if (side === 'src') {
    findings.error('no-pad', path(at), `\`${info.name}\` has no source pad: nothing can come after it`);
  } else {
    findings.error('no-pad', path(at), `\`${info.name}\` has no sink pad: nothing can be linked to it`);
  }
}

/** A pad takes one link: where an element has only pads that are always there, they are soon taken. */
export function lintTaken(node: Node, info: ElementInfo, graph: Graph, context: LintContext): void {
  const out = [...graph.links, ...graph.outputs].filter(({ from }) => from.node === node.id);
  const into = graph.links.filter(({ to }) => to.node === node.id);
  const told = [...named(out.map(({ from, at }) => ({ ...from, at }))), ...named(into.map(({ to, at }) => ({ ...to, at })))];
  for (const { pad, at } of told) {
    context.findings.error('pad-taken', context.path(at), `the pad \`${pad}\` of \`${info.name}\` is linked already`);
  }
  if (told.length > 0) return;
  const [outs, ins] = [lasting(info, 'src'), lasting(info, 'sink')];
  tell(out[outs]?.at, outs, 'source', 'put a `tee` after it, and a `queue` at the head of each branch', info, context);
  const fed = graph.source?.node === node.id ? 1 : 0; // by the object itself
  tell(into[ins - fed]?.at, ins, 'sink', 'join the branches before it, by a muxer, a mixer or `funnel`', info, context);
}

/** Those that name a pad which another one before has named. */
function named(refs: Array<PadRef & { at: number }>): Array<PadRef & { at: number }> {
  return refs.filter(({ pad }, index) => pad !== undefined && refs.slice(0, index).some((other) => other.pad === pad));
}

/** Links that a side can take, where all of its pads are always there; else any number. */
function lasting(info: ElementInfo, side: Side): number {
  const pads = info.pads.filter(({ direction }) => direction === side);
  return pads.length > 0 && pads.every(({ presence }) => presence === 'always') ? pads.length : Number.POSITIVE_INFINITY;
}

function tell(
  at: number | undefined,
  pads: number,
  kind: string,
  remedy: string,
  info: ElementInfo,
  { findings, path }: LintContext,
): void {
  if (at === undefined) return;
  const taken = pads === 1 ? `one ${kind} pad, which is` : `${pads} ${kind} pads, which are`;
  findings.error('pad-taken', path(at), `\`${info.name}\` has ${taken} linked already: ${remedy}`);
}
