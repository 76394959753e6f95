/** Branches whose stream the input lacks: cut, or a fault that says what was wanted and what there is. */
import { Fault } from '../errors.ts';
import type { MediaFacts } from '../events/types.ts';
import { pruneGraph } from '../graph/index.ts';
import type { Graph } from '../graph/model.ts';
import { kindsOf } from './caps.ts';
import { isEncrypted, noKey } from './faults.ts';
import { inWords } from './media-facts.ts';

export interface Unlinked {
  /** Node id of the branch's first element. */
  head: string;
  /** Media types that it would take: `audio/x-raw or audio/mpeg`. */
  wants: string;
}

export interface Cut {
  graph: Graph;
  skippedStreams: string[];
  skippedOutputs: string[];
}

/**
 * @throws Fault MEDIA_UNSUPPORTED where the stream is there and no element can read it, MISSING_STREAM where that is
 * to fail, NO_STREAMS where no branch is left
 */
export function cutBranches(
  graph: Graph,
  unlinked: Unlinked[],
  { found, missingPlugins, onMissingStream }: { found: MediaFacts; missingPlugins: string[]; onMissingStream: 'skip' | 'fail' },
): Cut {
  const wanted = unlinked.map(({ wants }) => kindsOf(wants));
  const unread = missingPlugins.filter((caps) => wanted.some((kinds) => kinds.split(' or ').includes(kindsOf(mediaType(caps)))));
  if (missingPlugins.some(isEncrypted)) throw new Fault('MEDIA_ENCRYPTED', noKey);
  if (unread.length > 0) throw new Fault('MEDIA_UNSUPPORTED', { cause: `no decoder for ${unread.join(', ')}` });
  const has = inWords(found);
  const cut = pruneGraph(
    graph,
    unlinked.map(({ head }) => head),
  );
  if (!feedsSomething(cut.graph)) throw new Fault('NO_STREAMS', { found: has });
  if (onMissingStream === 'fail') throw new Fault('MISSING_STREAM', { wanted: [...new Set(wanted)].join(', '), found: has });
  return {
    graph: cut.graph,
    skippedOutputs: cut.skippedOutputs,
    skippedStreams: unlinked.map(({ head }) => nameOf(graph, head)),
  };
}

/** Whether data can still come from the source to an output, or to an element that writes files itself. */
function feedsSomething({ nodes, links, source, outputs }: Graph): boolean {
  const reached = new Set(source ? [source.node] : []);
  for (let size = 0; size !== reached.size; ) {
    size = reached.size;
    for (const { from, to } of links) if (reached.has(from.node)) reached.add(to.node);
  }
  const writes = (id: string) => outputs.some(({ from }) => from.node === id) || !links.some(({ from }) => from.node === id);
  return (
    nodes.some(({ id }) => id !== source?.node && reached.has(id) && writes(id)) ||
    outputs.some(({ from }) => from.node === source?.node)
  );
}

/** The alias that the user gave, else the factory. */
function nameOf(graph: Graph, id: string): string {
  const node = graph.nodes.find((candidate) => candidate.id === id);
  return node?.alias ?? node?.factory ?? id;
}

const mediaType = (caps: string) => caps.split(',')[0] ?? caps;
