/** Links that GStreamer can never make, because what comes and what is taken share no format. */
import { type Caps, canMeet, parseCaps } from '../caps/index.ts';
import type { ElementInfo } from '../catalogue/index.ts';
import type { Graph, Link, Node, OutputLink, PadRef } from '../model.ts';
import { misspeltFields } from './caps-fields.ts';
import { differing } from './differing.ts';
import { lintEnd, lintTaken, padsOf } from './pads.ts';
import { remedy, renamed } from './remedy.ts';
import { templateCaps } from './template-caps.ts';
import type { LintContext } from './types.ts';
import { capsFault } from './value/fault.ts';

/** Pass on what they get, whatever their templates say. */
const passing = ['capsfilter', 'clocksync', 'identity', 'multiqueue', 'progressreport', 'queue', 'queue2', 'tee', 'valve'];
const raw = /^(video|audio)\/x-raw$/;

export function lintLinks(graph: Graph, context: LintContext): void {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const formats = formatsOf(graph, nodes, context);
  for (const link of graph.links) lintLink(link, nodes, formats, context);
  for (const node of graph.nodes) {
    const info = context.catalogue.element(node.factory);
    if (!info) continue;
    const caps = node.factory === 'capsfilter' ? node.properties.caps : undefined;
    if (caps !== undefined && !capsFault(String(caps))) tellMisspelt(String(caps), node.at, context, 'properties', 'caps');
    lintTaken(node, info, graph, context);
    const { source } = graph;
    if (source?.node === node.id && source.pad !== undefined) lintEnd(source, 'sink', node.at, info, context);
    if (source?.node === node.id) lintInput(node, formats.taken(source), context);
    for (const output of graph.outputs) if (output.from.node === node.id) lintOutput(output, info, formats, context);
  }
}

/** A capsfilter may say which frames a file of them holds; nothing else takes bytes for frames. */
function lintInput({ factory, at }: Node, taken: Caps[] | undefined, { findings, path }: LintContext): void {
  const caps = taken?.flatMap((one) => (one === 'ANY' ? [undefined] : one)) ?? [];
  if (factory === 'capsfilter' || caps.length === 0 || !caps.every((one) => one && raw.test(one.name))) return;
  const types = [...new Set(caps.map((one) => one?.name))].join(' and ');
  const message = `the object is a file, and \`${factory}\` takes ${types}, which a decoder makes of it: begin with \`decodebin\``;
  findings.error('raw-input', path(at, 'name'), message);
}

function lintOutput({ name, from, at }: OutputLink, info: ElementInfo, { given }: Formats, context: LintContext): void {
  if (from.pad !== undefined) lintEnd(from, 'src', at, info, context);
  const caps = given(from)?.flatMap((one) => (one === 'ANY' ? [undefined] : one)) ?? [];
  if (caps.length === 0 || !caps.every((one) => one && raw.test(one.name))) return;
  const types = [...new Set(caps.map((one) => one?.name))].join(' and ');
  const message = `the output \`${name}\` gets ${types} as it is, which no player opens: end in an encoder and a muxer`;
  context.findings.warning('raw-output', context.path(at), message);
}

interface Formats {
  /** What comes out of a pad; undefined where nobody knows. */
  given(ref: PadRef): Caps[] | undefined;
  /** What a pad takes. */
  taken(ref: PadRef): Caps[] | undefined;
}

function formatsOf(graph: Graph, nodes: ReadonlyMap<string, Node>, { catalogue }: LintContext): Formats {
  const asked = (node: Node): Caps[] | undefined => {
    const { caps } = node.properties;
    return node.factory === 'capsfilter' && caps !== undefined && !capsFault(String(caps))
      ? [parseCaps(String(caps))]
      : undefined;
  };
  const of = (ref: PadRef, side: 'src' | 'sink'): Caps[] | undefined => {
    const node = nodes.get(ref.node);
    const info = node && catalogue.element(node.factory);
    if (!node || !info) return undefined;
    return asked(node) ?? padsOf(info, ref, side).map((pad) => templateCaps(catalogue, pad));
  };
  const given = (ref: PadRef, seen: readonly string[] = []): Caps[] | undefined => {
    const node = nodes.get(ref.node);
    if (!node || !passing.includes(node.factory) || asked(node) || seen.includes(ref.node)) return of(ref, 'src');
    if (graph.source?.node === ref.node) return undefined;
    const before = graph.links.filter(({ to }) => to.node === ref.node);
    const all = before.map(({ from, caps }) =>
      caps !== undefined && !capsFault(caps) ? [parseCaps(caps)] : given(from, [...seen, ref.node]),
    );
    return all.length === 0 || all.includes(undefined) ? undefined : (all as Caps[][]).flat();
  };
  return { given, taken: (ref) => of(ref, 'sink') };
}

function lintLink(link: Link, nodes: ReadonlyMap<string, Node>, formats: Formats, context: LintContext): void {
  const { catalogue, findings, path } = context;
  const [from, to] = [link.from, link.to].map(({ node }) => catalogue.element(nodes.get(node)?.factory ?? ''));
  if (from) lintEnd(link.from, 'src', link.at, from, context);
  if (to) lintEnd(link.to, 'sink', link.at, to, context);
  const fault = link.caps === undefined ? undefined : capsFault(link.caps);
  if (fault !== undefined) {
    const [, word = ''] = /expected at `([^`]+)`$/.exec(fault) ?? [];
    const missing = catalogue.element(word) === undefined ? '' : '; a `!` is missing before it';
    findings.error('property-value', path(link.at), `the caps filter \`${link.caps}\` ${fault}${missing}`);
    return;
  }
  if (link.caps !== undefined) tellMisspelt(link.caps, link.at, context);
  const [given, taken] = [formats.given(link.from), formats.taken(link.to)];
  if (!from || !to || !given?.length || !taken?.length) return;
  const filter: Caps = link.caps === undefined ? 'ANY' : parseCaps(link.caps);
  const tell = (message: string) => findings.error('caps-never-meet', path(link.at), message);
  if (!given.some((caps) => canMeet(caps, filter))) {
    tell(
      `\`${from.name}\` never gives \`${link.caps}\`: it gives ${kinds(given)}${differing(given, [filter])}${renamed([filter])}`,
    );
  } else if (!taken.some((caps) => canMeet(filter, caps))) {
    tell(`\`${to.name}\` never takes \`${link.caps}\`: it takes ${kinds(taken)}${differing([filter], taken)}`);
  } else if (!given.some((caps) => taken.some((other) => canMeet(caps, other)))) {
    const differ = differing(given, taken);
    const guessed = differ.includes('; '); // the value that was meant is told already
    tell(
      `\`${from.name}\` and \`${to.name}\` share no format: the first gives ${kinds(given)}, the second takes ${kinds(taken)}${differ}${guessed ? '' : remedy(given, taken)}`,
    );
  }
}

function tellMisspelt(caps: string, at: number, { findings, path }: LintContext, ...within: string[]): void {
  for (const { field, meant } of misspeltFields(parseCaps(caps)))
    findings.warning('caps-field', path(at, ...within), `no element acts on the field \`${field}\`; did you mean \`${meant}\`?`);
}

/** Media types, each once. */
function kinds(all: readonly Caps[]): string {
  const names = all.flatMap((caps) => (caps === 'ANY' ? ['anything'] : caps.map(({ name }) => name)));
  return [...new Set(names)].join(', ') || 'nothing';
}
