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

/**
 * How far came what came out is known by where its last frame begins: how long that one is shown, as the last of a recording of
 * a screen, an element need not know.
 *
 * @throws Fault MEDIA_TRUNCATED where samples were read and did not come out
 */
export function checkDuration(tracks: IndexedTrack[], graph: Graph, end: EndReport, ratio: number): void {
  const positions = Object.values(end.positions);
  if (positions.length === 0 || stopsEarly(graph)) return;
  const decoded = Math.max(...positions);
  const cameOut = ({ declared, last }: IndexedTrack) => enough(decoded + last, declared, ratio);
  // a demuxer may stop in the middle of a damaged file without a word; and before the end of streams that nobody wants
  const least = longestOf([...shownKinds(end)].flatMap((kind) => shortest(tracks, kind) ?? []));
  if (least && !cameOut(least)) fail(least.declared, decoded);
  // where it has come to the end, so has the longest
  const whole = longestOf(media(tracks));
  if (whole && enough(end.demuxed.qtdemux ?? 0, whole.declared, ratio) && !cameOut(whole)) fail(whole.declared, decoded);
}

const media = (tracks: IndexedTrack[]) => tracks.filter(({ kind }) => kind !== 'other');
const enough = (there: number, declared: number, ratio: number) => there >= declared * ratio || there >= declared - slack;
function fail(declared: number, decoded: number): never {
  throw new Fault('MEDIA_TRUNCATED', { declared: rounded(declared), decoded: rounded(decoded) });
}

/** Kinds of the streams that came to encoders, muxers and sinks of the graph. */
const shownKinds = ({ pads }: EndReport) =>
  new Set(pads.flatMap(({ top, direction, caps }) => (top && direction === 'sink' && streamOf(caps ?? '')?.kind) || []));

/** The shortest track of a kind: which of several was taken is not known. */
const shortest = (tracks: readonly IndexedTrack[], wanted: string) =>
  byLength(tracks.filter(({ kind, declared }) => kind === wanted && declared > 0))[0];
const longestOf = (tracks: readonly IndexedTrack[]) => byLength(tracks).at(-1);
const byLength = (tracks: readonly IndexedTrack[]) => tracks.toSorted((one, other) => one.declared - other.declared);

const rounded = (seconds: number) => Math.round(seconds * 100) / 100;

/** Properties by which an element ends a stream of its own accord; and elements that always do. */
const enders = new Set(['num-buffers', 'snapshot', 'eos-after', 'max-buffers', 'stop', 'end-running-time', 'end-timecode']);
const stoppers = new Set(['avwait', 'imagefreeze']);
const stopsEarly = ({ nodes }: Graph) =>
  nodes.some(({ factory, properties }) => stoppers.has(factory) || Object.keys(properties).some((name) => enders.has(name)));
