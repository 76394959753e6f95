/** What must hold of any pipeline, however it was written: one piece, no cycle, every element fed, every output fed once. */
import { elementRefusal, isDrain } from './lint/policy/elements.ts';
import type { Graph, Node } from './model.ts';
import type { ReadOptions } from './outlet.ts';
import { hasNoSinkPad, hasNoSourcePad } from './pads.ts';

/** How an output is fed, in the notation that the pipeline is written in. */
export type Feeding = (output: string) => string;

/** Tells a fault at an element (its `at`); `undefined`: at the pipeline as a whole. */
export type Tell = (rule: string, at: number | undefined, message: string) => void;

/**
 * @param lost where links are missing for faults that are told already: the elements whose input is lost with them. Then
 * what else seems to be missing is not told
 */
export function checkStructure(
  graph: Graph,
  options: ReadOptions & { feeding: Feeding },
  tell: Tell,
  lost?: ReadonlySet<string>,
): void {
  if (graph.nodes.length === 0) return;
  checkInputs(graph, options, tell, lost);
  checkCycles(graph, tell);
  checkOutputs(graph, options, tell);
  if (lost) return;
  checkOutlets(graph, options, tell);
  checkEnds(graph, options, tell);
}

function checkInputs(graph: Graph, options: ReadOptions, tell: Tell, lost: ReadonlySet<string> | undefined): void {
  const { catalogue } = options;
  const fed = new Set(graph.links.map(({ to }) => to.node));
  const first = graph.nodes.find(({ id }) => id === graph.source?.node);
  if (first && hasNoSinkPad(first.factory, catalogue) && !isRefused(first, options)) {
    tell(
      'source-not-fed',
      first.at,
      `\`${first.factory}\` has no sink pad, so the object cannot be fed to it: begin with the element that reads the object, such as decodebin (no filesrc is needed)`,
    );
  }
  const roots = graph.nodes.filter(({ id }) => !fed.has(id) && id !== first?.id);
  const [generator] = roots;
  if (!first && generator && hasNoSinkPad(generator.factory, catalogue) && !isRefused(generator, options)) {
    tell(
      'source-not-fed',
      generator.at,
      `nothing takes the object, for \`${generator.factory}\` has no sink pad: begin with the element that reads the object, such as decodebin (no filesrc is needed)`,
    );
  }
  const unfed = roots.filter(({ id, factory }) => !hasNoSinkPad(factory, catalogue) && !lost?.has(id));
  for (const node of unfed)
    tell('no-input', node.at, `nothing feeds ${called(node)}: link it to the element that its data comes from`);
  if (lost) return;
  const told = new Set(unfed.map(({ id }) => id));
  const main = first ? piece(graph, first.id) : undefined;
  const seen = new Set(main);
  for (const node of graph.nodes) {
    if (seen.has(node.id) || main === undefined) continue;
    const apart = piece(graph, node.id);
    for (const id of apart) seen.add(id);
    if (![...apart].some((id) => told.has(id))) {
      tell(
        'two-pieces',
        node.at,
        `${called(node)} and what it is linked to form a piece of their own, which the object never reaches`,
      );
    }
  }
}

/** The lint says what to do with it: leave it out, or let the output be a folder. */
function isRefused({ factory }: Node, { catalogue, outlets }: ReadOptions): boolean {
  const info = catalogue?.element(factory);
  const directory = outlets.some((outlet) => outlet.directory);
  return info !== undefined && elementRefusal(info, directory) !== undefined;
}

/** All that is linked to an element, whichever way. */
function piece({ links }: Graph, from: string): Set<string> {
  const near = new Map<string, string[]>();
  for (const { from: a, to: b } of links) {
    near.set(a.node, [...(near.get(a.node) ?? []), b.node]);
    near.set(b.node, [...(near.get(b.node) ?? []), a.node]);
  }
  const found = new Set([from]);
  for (const id of found) for (const next of near.get(id) ?? []) found.add(next);
  return found;
}

function checkCycles(graph: Graph, tell: Tell): void {
  const ins = new Map(graph.nodes.map(({ id }) => [id, graph.links.filter(({ to }) => to.node === id).length]));
  const ready = graph.nodes.filter(({ id }) => ins.get(id) === 0).map(({ id }) => id);
  for (let id = ready.pop(); id !== undefined; id = ready.pop()) {
    ins.delete(id);
    for (const { from, to } of graph.links) {
      if (from.node !== id) continue;
      const left = (ins.get(to.node) ?? 0) - 1;
      if (ins.has(to.node)) ins.set(to.node, left);
      if (left === 0) ready.push(to.node);
    }
  }
  const ring = walkBack(graph, ins);
  const first = ring.indexOf(ring.toSorted((a, b) => a.at - b.at)[0] as Node);
  const start = ring[first];
  ring.push(...ring.splice(0, first));
  if (start) tell('cycle', start.at, `a cycle: ${[...ring, start].map(({ alias, factory }) => alias ?? factory).join(' → ')}`);
}

/** A ring among the elements that are left: each has an input among them, so going back must come round. */
function walkBack({ nodes, links }: Graph, left: ReadonlyMap<string, number>): Node[] {
  const way: string[] = [];
  let id = left.keys().next().value;
  while (id !== undefined && !way.includes(id)) {
    way.push(id);
    const here = id;
    id = links.find(({ from, to }) => to.node === here && left.has(from.node))?.from.node;
  }
  const ring = id === undefined ? [] : way.slice(way.indexOf(id)).reverse();
  return ring.flatMap((member) => nodes.find((node) => node.id === member) ?? []);
}

function checkOutputs(graph: Graph, options: ReadOptions, tell: Tell): void {
  const seen = new Set<string>();
  for (const { name, at, from } of graph.outputs) {
    if (seen.has(name)) tell('output-fed-twice', at, `the output \`${name}\` is fed twice: join the branches by a muxer first`);
    seen.add(name);
    const node = graph.nodes.find(({ id }) => id === from.node);
    if (node && hasNoSourcePad(node.factory, options.catalogue) && !isRefused(node, options)) {
      tell(
        'output-not-fed',
        node.at,
        `\`${node.factory}\` has no source pad, so nothing feeds the output \`${name}\`: leave it out, the output is written for you`,
      );
    }
  }
}

function checkOutlets(graph: Graph, options: ReadOptions & { feeding: Feeding }, tell: Tell): void {
  const { outlets, catalogue, feeding } = options;
  const fed = new Set(graph.outputs.map(({ name }) => name));
  const ends = graph.nodes.filter(({ factory }) => hasNoSourcePad(factory, catalogue));
  const drain = ends.find(({ factory }) => isDrain(factory));
  const refused = graph.nodes.some((node) => isRefused(node, options));
  for (const { name, directory } of outlets) {
    if (directory || fed.has(name) || (outlets.length === 1 && refused)) continue;
    if (outlets.length > 1)
      tell('output-not-fed', undefined, `nothing feeds the output \`${name}\`: end its branch with \`${feeding(name)}\``);
    else if (drain)
      tell('output-not-fed', drain.at, `\`${drain.factory}\` drops what it gets, and nothing feeds the output: leave it out`);
    else tell('output-not-fed', undefined, `nothing feeds the output \`${name}\``);
  }
  const folders = outlets.filter(({ directory }) => directory).map(({ name }) => `\`${name}\``);
  if (folders.length > 1) {
    tell('several-folders', undefined, `the sinks ${folders.join(' and ')} are folders; files can be told apart for one only`);
  }
  if (folders.length > 0 && !ends.some(({ factory }) => !isDrain(factory))) {
    tell(
      'output-not-fed',
      undefined,
      `the output ${folders[0]} is a folder, and no element writes files: end in hlssink2, splitmuxsink or multifilesink, for example`,
    );
  }
}

function checkEnds(graph: Graph, { outlets, catalogue, feeding }: ReadOptions & { feeding: Feeding }, tell: Tell): void {
  const leading = new Set([...graph.links, ...graph.outputs].map(({ from }) => from.node));
  const files = outlets.filter(({ directory }) => !directory);
  for (const node of graph.nodes) {
    if (leading.has(node.id) || hasNoSourcePad(node.factory, catalogue)) continue;
    const how = files.length > 0 ? `, for example by \`${feeding(files[0]?.name ?? '')}\`` : '';
    tell('dead-end', node.at, `${called(node)} feeds nothing: link it to another element or to an output${how}`);
  }
}

const called = ({ factory, alias }: Node) => (alias === undefined ? `\`${factory}\`` : `\`${factory}\` (\`${alias}\`)`);
