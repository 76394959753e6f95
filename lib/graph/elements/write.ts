/** A graph as `pipeline.elements`: read again they give the same graph, with its links in the same order. */
import { withCapsFilters } from '../caps-filters.ts';
import type { Element, Graph, Node, PadRef } from '../model.ts';
import { createIds } from '../names.ts';
import { outletAlias } from '../outlet.ts';

/** Name of the single sink of a Transform: fed by the element evaluated last. */
const singleOutput = 'out';

export function elementsOf(original: Graph): Element[] {
  const graph = withCapsFilters(original, createIds(original.nodes.flatMap(({ id, alias }) => [id, alias ?? id])));
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const implicit = graph.outputs.length === 1 && graph.outputs[0]?.name === singleOutput ? graph.outputs[0] : undefined;
  const waiting = new Set(graph.outputs.filter((output) => output !== implicit));
  const elements: Element[] = [];
  const entries = new Map<string, Element>();
  const referenced = new Set<string>();
  let current: PadRef | undefined;

  const define = (node: Node) => {
    const entry: Element = { name: node.factory };
    if (Object.keys(node.properties).length > 0) entry.properties = node.properties;
    entries.set(node.id, entry);
    elements.push(entry);
    current = { node: node.id };
  };
  const refer = ({ node, pad }: PadRef) => {
    referenced.add(node);
    return pad === undefined ? aliasOf(byId.get(node), node) : `${aliasOf(byId.get(node), node)}.${pad}`;
  };
  const goTo = (from: PadRef) => {
    if (current?.node === from.node && current.pad === from.pad) return;
    elements.push({ goto: refer(from) });
    current = from;
  };
  const isRoot = (id: string) => !graph.links.some(({ to }) => to.node === id);
  const endHere = () => {
    for (const output of waiting) {
      if (current?.node !== output.from.node || current.pad !== output.from.pad) continue;
      waiting.delete(output);
      elements.push({ linkto: outletAlias(output.name) });
      current = undefined;
    }
  };

  const first = graph.source && byId.get(graph.source.node);
  if (first) define(first);
  endHere();
  for (const { from, to } of graph.links) {
    const [upstream, target] = [byId.get(from.node), byId.get(to.node)];
    if (upstream && !entries.has(from.node) && isRoot(from.node)) define(upstream);
    goTo(from);
    if (target && !entries.has(to.node) && to.pad === undefined) define(target);
    else {
      elements.push({ linkto: refer(to) });
      current = { node: to.node };
      if (target && !entries.has(to.node)) define(target); // right behind a linkto to it: that is no second link
    }
    endHere();
  }
  for (const output of [...waiting]) {
    goTo(output.from);
    endHere();
  }
  if (implicit) goTo(implicit.from);
  for (const [id, entry] of entries) if (referenced.has(id)) entry.alias = aliasOf(byId.get(id), id);
  return elements.map(ordered);
}

const aliasOf = (node: Node | undefined, id: string) => node?.alias ?? id;

/** As a person would write it. */
function ordered({ name, alias, properties, goto, linkto }: Element): Element {
  return {
    ...(name !== undefined && { name }),
    ...(alias !== undefined && { alias }),
    ...(properties !== undefined && { properties }),
    ...(goto !== undefined && { goto }),
    ...(linkto !== undefined && { linkto }),
  };
}
