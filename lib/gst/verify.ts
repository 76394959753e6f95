/** Whether a pipeline that reached its end has really made something: EOS alone proves nothing. */
import { Fault } from '../errors.ts';
import type { Graph } from '../graph/model.ts';
import { streamOf } from './caps.ts';
import { sinkName } from './launch.ts';
import type { EndReport, PadReport } from './protocol.ts';

/**
 * At least one buffer in every stream of every output.
 *
 * @throws Fault MEDIA_NO_FRAMES
 */
export function checkFrames(graph: Graph, end: EndReport, bytes: Record<string, number>): void {
  const empty = Object.keys(bytes).flatMap((name) => {
    const last = graph.outputs.find((output) => output.name === name)?.from.node;
    const wrote = bytes[name] !== 0 && any(end.buffers[sinkName(name)] ?? { all: true });
    const silent = last === undefined ? [] : emptyStreams(last, end);
    if (wrote && silent.length === 0) return [];
    return [silent.length > 0 ? `${name} (${silent.join(', ')})` : name];
  });
  if (empty.length > 0) throw new Fault('MEDIA_NO_FRAMES', { outputs: empty.join(', ') });
}

/**
 * A single picture that comes over the network has no time, which a file gives to its first buffer, and a muxer leaves out
 * what has none: some say so, that of Matroska does not.
 *
 * @throws Fault MEDIA_NO_FRAMES
 */
export function checkTimes(graph: Graph, { pads, position = 0 }: EndReport, written: string[]): void {
  const isPicture = pads.some(({ klass, caps }) => /Decoder|Parser/.test(klass) && /^image\//.test(caps ?? ''));
  if (!isPicture || position > 0 || pads.some(({ klass }) => /Demux/.test(klass))) return;
  const joined = muxed(graph, pads, written);
  if (joined.length > 0) throw new Fault('MEDIA_NO_FRAMES', { outputs: joined.join(', ') });
}

/**
 * Raw H.264 and H.265 need not tell how long a frame lasts. Then the first alone has a time, and of the others a muxer says
 * nothing: it leaves them out, or gives all of them that one time.
 *
 * @throws Fault MEDIA_UNTIMED
 */
export function checkUntimed(graph: Graph, { pads, position = 0 }: EndReport, written: string[]): void {
  const isUntimed = pads.some(({ klass, caps = '' }) => /Parser/.test(klass) && untimedVideo.test(caps));
  if (!isUntimed || position > 0 || pads.some(({ klass }) => /Demux/.test(klass))) return;
  const joined = muxed(graph, pads, written);
  if (joined.length > 0) throw new Fault('MEDIA_UNTIMED', { outputs: joined.join(', ') });
}

/** A demuxer tells the time itself, whatever the caps say. */
const untimedVideo = /^video\/.*\bframerate=\(fraction\)0\/1\b/;

const muxed = (graph: Graph, pads: PadReport[], written: string[]) =>
  written.filter((name) => {
    const last = graph.outputs.find((output) => output.name === name)?.from.node;
    return last !== undefined && isMuxer(last, pads);
  });
const isMuxer = (element: string, pads: PadReport[]) => pads.some((pad) => pad.element === element && /Mux/.test(pad.klass));
const any = (pads: Record<string, boolean>) => Object.values(pads).some(Boolean);

/** Streams that never gave a frame to the element. A subtitle stream may have nothing to say. */
function emptyStreams(element: string, { buffers, pads }: EndReport): string[] {
  const seen = buffers[element] ?? {};
  if (Object.keys(seen).length === 0) return [];
  const about = (pad: string): PadReport | undefined => pads.find((report) => report.element === element && report.pad === pad);
  if (!isMuxer(element, pads)) return any(seen) ? [] : ['no buffer'];
  return Object.entries(seen)
    .filter(([, came]) => !came)
    .map(([pad]) => kindOf(about(pad)?.caps) ?? pad)
    .filter((kind) => kind !== 'subtitle');
}

/** Of a pad that never had caps nothing is known but its name. */
const kindOf = (caps: string | undefined) => (caps === undefined ? undefined : streamOf(caps)?.kind);
