/** An encoder that is to make one picture, and makes more of what is held back before it. */
import type { Catalogue } from '../catalogue/index.ts';
import type { Graph, Node } from '../model.ts';
import { propertyOf } from './properties.ts';
import type { LintContext } from './types.ts';

const yes = /^(true|t|yes|1)$/i;

/** They keep frames, and give them even where the one after them has ended. */
const holding = new Set(['deinterlace', 'multiqueue', 'queue', 'queue2', 'videorate']);
/** Decoders that give each frame as it comes. */
const immediate = new Set(['av1dec', 'theoradec', 'vp8dec']);

/**
 * `snapshot` has an encoder end the stream after its first picture, but it encodes what comes all the same: frames that a
 * decoder with several threads has begun, or keeps until their turn, come out behind the first, into the same file. So do,
 * at times, those of a queue.
 */
export function lintSnapshot(node: Node, graph: Graph, context: LintContext): void {
  const { catalogue, findings, path } = context;
  const info = catalogue.element(node.factory);
  if (!info || !propertyOf(info, 'snapshot') || !yes.test(String(node.properties.snapshot))) return;
  const holder = holderBefore(node, graph, catalogue);
  if (holder === undefined) return;
  const message = `after the first picture \`${node.factory}\` still encodes what \`${holder}\` has in hand, so one file may hold several: for one picture, put \`imagefreeze\` with \`num-buffers\` of 1 before it`;
  findings.warning('snapshot-several', path(node.at, 'properties', 'snapshot'), message);
}

/** The nearest element before that may have frames in hand; none where only one can come. */
function holderBefore(node: Node, graph: Graph, catalogue: Catalogue): string | undefined {
  const nodes = new Map(graph.nodes.map((one) => [one.id, one]));
  const seen = new Set<string>();
  const search = (id: string, holder?: string): string | undefined => {
    const here = nodes.get(id);
    if (here === undefined || givesOne(here)) return undefined;
    const held = holder ?? (holds(here, catalogue) ? here.factory : undefined);
    if (seen.has(`${id} ${held}`)) return undefined;
    seen.add(`${id} ${held}`);
    const before = graph.links.filter(({ to }) => to.node === id);
    if (before.length === 0) return held;
    return before.map(({ from }) => search(from.node, held)).find((found) => found !== undefined);
  };
  return search(node.id);
}

const givesOne = ({ properties }: Node): boolean =>
  Object.entries(properties).some(([name, value]) => /^num[-_]buffers$/.test(name) && Number(value) === 1);

/** Decoders of pictures are not among them: one object is one picture. */
function holds({ factory }: Node, catalogue: Catalogue): boolean {
  const { klass = '' } = catalogue.element(factory) ?? {};
  return holding.has(factory) || (/\bDecoder\b/.test(klass) && /\b(Video|Bin)\b/.test(klass) && !immediate.has(factory));
}
