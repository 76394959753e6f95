import { collectFindings, type Finding } from '../../../lib/finding.ts';
import { type Element, type Graph, graphFromElements, lintGraph, loadCatalogue, type Outlet } from '../../../lib/graph/index.ts';

export const catalogue = loadCatalogue();
const file: Outlet[] = [{ name: 'out', directory: false }];
export const folder: Outlet[] = [{ name: 'out', directory: true }];

export interface Options {
  outlets?: Outlet[];
  image?: boolean;
}

/** What the lint alone says of the elements. */
export function lint(elements: Element[], { outlets = file, image = false }: Options = {}): Finding[] {
  const findings = collectFindings(() => undefined);
  const graph = graphFromElements(
    elements,
    { outlets, catalogue },
    collectFindings(() => undefined),
  );
  lintGraph(graph, catalogue, { outlets, image }, findings);
  return findings.all;
}

/** Of a graph that elements cannot say, such as one with a caps filter between two. */
export function lintOf(graph: Graph, { outlets = file, image = false }: Options = {}): Finding[] {
  const findings = collectFindings(() => undefined);
  lintGraph(graph, catalogue, { outlets, image }, findings);
  return findings.all;
}

/** `rule path: message` of each. */
export const told = (findings: Finding[]): string[] => findings.map(({ rule, path, message }) => `${rule} ${path}: ${message}`);

export const chain = (...elements: Array<Element | string>): Element[] =>
  elements.map((element) => (typeof element === 'string' ? { name: element } : element));
