import type { Graph } from '../graph/model.ts';
/** Placeholder until lib/graph has it. */
export function pruneGraph(graph: Graph, heads: string[]): { graph: Graph; skippedOutputs: string[] } {
  const dead = new Set(heads);
  for (let grew = true; grew; ) {
    grew = false;
    for (const node of graph.nodes) {
      if (dead.has(node.id)) continue;
      const ins = graph.links.filter((l) => l.to.node === node.id);
      if (ins.length > 0 && ins.every((l) => dead.has(l.from.node))) {
        dead.add(node.id);
        grew = true;
      }
    }
  }
  const alive = (id: string) => !dead.has(id);
  return {
    graph: {
      nodes: graph.nodes.filter((n) => alive(n.id)),
      links: graph.links.filter((l) => alive(l.from.node) && alive(l.to.node)),
      source: graph.source,
      outputs: graph.outputs.filter((o) => alive(o.from.node)),
    },
    skippedOutputs: graph.outputs.filter((o) => !alive(o.from.node)).map((o) => o.name),
  };
}
