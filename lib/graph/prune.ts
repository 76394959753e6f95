/** Cuts the branches whose stream an input lacks, so that what is left runs to its end. */
import type { Graph, Link } from './model.ts';

/**
 * @param heads ids of the elements to which no stream came, once for each link that was waited for
 * @returns the graph without them: gone is what data can no longer reach, and what would only feed that
 */
export function pruneGraph(graph: Graph, heads: readonly string[]): { graph: Graph; skippedOutputs: string[] } {
  const links = withoutStarved(graph, withoutWaiting(graph, heads));
  const reached = reachable(
    graph.source ? [graph.source.node] : [],
    links.map(({ from, to }) => [from.node, to.node]),
  );
  // a side input, such as a test picture under the video, counts only while it joins something that is reached
  const alive = reachable(
    reached,
    links.map(({ from, to }) => [to.node, from.node]),
  );
  const led = new Set([...graph.links, ...graph.outputs].map(({ from }) => from.node));
  let nodes = graph.nodes.filter(({ id }) => alive.has(id));
  let kept = links;
  const outputs = graph.outputs.filter(({ from }) => reached.has(from.node));
  for (let size = -1; size !== nodes.length; ) {
    size = nodes.length;
    const ids = new Set(nodes.map(({ id }) => id));
    kept = kept.filter(({ from, to }) => ids.has(from.node) && ids.has(to.node));
    const leading = new Set([...kept, ...outputs].map(({ from }) => from.node));
    nodes = nodes.filter(({ id }) => leading.has(id) || !led.has(id) || id === graph.source?.node);
  }
  const fed = new Set(outputs.map(({ name }) => name));
  return {
    graph: { nodes, links: kept, source: graph.source, outputs },
    skippedOutputs: graph.outputs.filter(({ name }) => !fed.has(name)).map(({ name }) => name),
  };
}

const makesPadsLate = /demux|decodebin|parsebin/;

/** Without the links that wait for ever. Of an element with several inputs, such as a muxer, the others stay. */
function withoutWaiting(graph: Graph, heads: readonly string[]): Link[] {
  const factories = new Map(graph.nodes.map(({ id, factory }) => [id, factory]));
  const late = ({ from }: Link) => makesPadsLate.test(factories.get(from.node) ?? '');
  const gone = new Set<Link>();
  for (const head of heads) {
    const ins = graph.links.filter((link) => link.to.node === head && !gone.has(link));
    const cut = ins.length > 1 ? (ins.findLast(late) ?? ins.at(-1)) : ins[0];
    if (cut) gone.add(cut);
  }
  return graph.links.filter((link) => !gone.has(link));
}

/** Without the links that lead on from an element that had an input and has none any more. */
function withoutStarved(graph: Graph, kept: Link[]): Link[] {
  const hadInput = new Set(graph.links.map(({ to }) => to.node));
  const hasInput = new Set([...kept.map(({ to }) => to.node), ...(graph.source ? [graph.source.node] : [])]);
  const left = kept.filter(({ from }) => hasInput.has(from.node) || !hadInput.has(from.node));
  return left.length === kept.length ? left : withoutStarved(graph, left);
}

function reachable(from: Iterable<string>, edges: ReadonlyArray<readonly [string, string]>): Set<string> {
  const found = new Set(from);
  for (const id of found) for (const [a, b] of edges) if (a === id) found.add(b);
  return found;
}
