/** Holds what came out of an mp4 or mov against what its index declares. */
import { Fault } from '../errors.ts';
import type { Graph } from '../graph/model.ts';
import { streamOf } from './caps.ts';
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

/** @throws Fault MEDIA_TRUNCATED where the samples of a track are not in the file, so that it may have given no frame at all */
export function checkPresent(tracks: IndexedTrack[], ratio: number): void {
  for (const { declared, present } of media(tracks)) if (!enough(present, declared, ratio)) fail(declared, present);
}

/** @throws Fault MEDIA_TRUNCATED where samples were read and did not come out */
export function checkDuration(tracks: IndexedTrack[], graph: Graph, end: EndReport, ratio: number): void {
  const longest = Math.max(0, ...media(tracks).map(({ declared }) => declared));
  const positions = Object.values(end.positions);
  if (positions.length === 0 || stopsEarly(graph)) return;
  const decoded = Math.max(...positions);
  // a demuxer may stop in the middle of a damaged file without a word; and before the end of streams that nobody wants
  const least = Math.max(0, ...[...shownKinds(end)].map((kind) => shortest(tracks, kind)));
  if (!enough(decoded, least, ratio)) fail(least, decoded);
  // where it has come to the end, so has the longest
  if (enough(end.demuxed.qtdemux ?? 0, longest, ratio) && !enough(decoded, longest, ratio)) fail(longest, decoded);
}

const media = (tracks: IndexedTrack[]) => tracks.filter(({ kind }) => kind !== 'other');
const enough = (there: number, declared: number, ratio: number) => there >= declared * ratio || there >= declared - slack;
function fail(declared: number, decoded: number): never {
  throw new Fault('MEDIA_TRUNCATED', { declared: rounded(declared), decoded: rounded(decoded) });
}

/** Kinds of the streams that came to encoders, muxers and sinks of the graph. */
const shownKinds = ({ pads }: EndReport) =>
  new Set(pads.flatMap(({ top, direction, caps }) => (top && direction === 'sink' && streamOf(caps ?? '')?.kind) || []));

/** Seconds of the shortest track of a kind: which of several was taken is not known. */
function shortest(tracks: readonly IndexedTrack[], wanted: string): number {
  const of = tracks.filter(({ kind, declared }) => kind === wanted && declared > 0);
  return of.length === 0 ? 0 : Math.min(...of.map(({ declared }) => declared));
}

const rounded = (seconds: number) => Math.round(seconds * 100) / 100;

/** Properties by which an element ends a stream of its own accord; and elements that always do. */
const enders = new Set(['num-buffers', 'snapshot', 'eos-after', 'max-buffers', 'stop', 'end-running-time', 'end-timecode']);
const stoppers = new Set(['avwait', 'imagefreeze']);
const stopsEarly = ({ nodes }: Graph) =>
  nodes.some(({ factory, properties }) => stoppers.has(factory) || Object.keys(properties).some((name) => enders.has(name)));
