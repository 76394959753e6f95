/** Placeholder with the face of lib/graph, until that is there: elements are linked in their order, and nothing is checked. */
import type { Findings } from '../../lib/finding.ts';
import type { Element, Graph, PadRef } from '../../lib/graph/model.ts';

export interface Outlet {
  name: string;
  directory: boolean;
}

export function graphFromElements(
  elements: Element[],
  { outlets }: { outlets: Outlet[]; catalogue?: unknown },
  findings: Findings,
): Graph {
  const graph: Graph = { nodes: [], links: [], source: undefined, outputs: [] };
  const byAlias = new Map<string, string>();
  elements.forEach(({ name, alias }, at) => {
    if (name && alias) byAlias.set(alias, alias);
    if (name) graph.nodes.push({ id: alias ?? `n${at}`, factory: name, alias, properties: elements[at]?.properties ?? {}, at });
  });
  const padOf = (text: string, at: number): PadRef | undefined => {
    const [alias = '', pad] = text.split('.');
    const node = byAlias.get(alias);
    if (node === undefined)
      findings.error('unknown-alias', ['spec', 'pipeline', 'elements', at], `no element has the alias ${alias}`);
    return node === undefined ? undefined : { node, pad };
  };
  let last: PadRef | undefined;
  elements.forEach((element, at) => {
    if (element.goto) last = padOf(element.goto, at);
    else if (element.linkto) {
      const outlet = outlets.find(({ name }) => `${name}-out` === element.linkto);
      if (outlet && last) {
        graph.outputs.push({ name: outlet.name, from: last, at });
        last = undefined;
        return;
      }
      const to = padOf(element.linkto, at);
      if (to && last) graph.links.push({ from: last, to, at });
      last = to && { node: to.node };
    } else {
      const node = element.alias ?? `n${at}`;
      if (last) graph.links.push({ from: last, to: { node }, at });
      else if (at === 0) graph.source = { node };
      last = { node };
    }
  });
  const [only] = outlets;
  if (outlets.length === 1 && only && !only.directory && graph.outputs.length === 0 && last)
    graph.outputs.push({ name: only.name, from: last, at: elements.length });
  return graph;
}

export function lintGraph(..._: unknown[]): void {}
export const loadCatalogue = () => undefined;
