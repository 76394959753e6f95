/** Holds what came out of an mp4 or mov against what its index declares. */
import { Fault } from '../errors.ts';
import type { Graph } from '../graph/model.ts';
import { type IndexedTrack, readMp4Index } from './mp4-index.ts';
import type { EndReport } from './protocol.ts';
import { sourceReader } from './source-reader.ts';
import type { RunRequest } from './types.ts';

/** Seconds that may be missing of anything: encoder delay, a last frame without a duration. */
const slack = 0.5;

/** The index of the source, or undefined where there is none, or it cannot be read beside the pipeline. */
export async function declaredBy({ source, sourceSize }: RunRequest, signal: AbortSignal): Promise<IndexedTrack[] | undefined> {
  // what stops this reader stops the pipeline too, which says it better
  const reader = await sourceReader(source, signal).catch(() => undefined);
  if (!reader) return undefined;
  try {
    return await readMp4Index(reader.readAt, sourceSize);
  } catch {
    return undefined;
  } finally {
    await reader.close();
  }
}

/**
 * @throws Fault MEDIA_TRUNCATED where the samples of a track are not in the file, or were read and did not come out
 */
export function checkDuration(tracks: IndexedTrack[], graph: Graph, end: EndReport, ratio: number): void {
  const media = tracks.filter(({ kind }) => kind !== 'other');
  const longest = Math.max(0, ...media.map(({ declared }) => declared));
  const enough = (there: number, declared: number) => there >= declared * ratio || there >= declared - slack;
  const fail = (declared: number, decoded: number): never => {
    throw new Fault('MEDIA_TRUNCATED', { declared: rounded(declared), decoded: rounded(decoded) });
  };
  for (const { declared, present } of media) if (!enough(present, declared)) fail(declared, present);

  const positions = Object.values(end.positions);
  const read = end.demuxed.qtdemux ?? 0;
  // Only where the demuxer has come to the end: a graph that takes a single picture stops it before.
  if (positions.length === 0 || stopsEarly(graph) || !enough(read, longest)) return;
  const decoded = Math.max(...positions);
  if (!enough(decoded, longest)) fail(longest, decoded);
}

const rounded = (seconds: number) => Math.round(seconds * 100) / 100;

/** Properties by which an element ends a stream of its own accord. */
const enders = new Set(['num-buffers', 'snapshot', 'eos-after', 'max-buffers', 'stop']);
const stopsEarly = ({ nodes }: Graph) => nodes.some(({ properties }) => Object.keys(properties).some((name) => enders.has(name)));
