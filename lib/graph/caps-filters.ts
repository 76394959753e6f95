import type { Link, Node } from './model.ts';

/** Caps between two elements as an element of their own, where `which` says so. */
export function withCapsFilters<Part extends { nodes: Node[]; links: Link[] }>(
  part: Part,
  newId: (factory: string) => string,
  which: (link: Link) => boolean = () => true,
): Part {
  const nodes = [...part.nodes];
  const links = part.links.flatMap((link): Link[] => {
    if (link.caps === undefined || !which(link)) return [link];
    const id = newId('capsfilter');
    nodes.push({ id, factory: 'capsfilter', properties: { caps: link.caps }, at: link.at });
    return [
      { from: link.from, to: { node: id }, at: link.at },
      { from: { node: id }, to: link.to, at: link.at },
    ];
  });
  return { ...part, nodes, links };
}
