/** The result of a run that reached its end, or the fault that it is none. */
import type { MediaFacts } from '../events/types.ts';
import { checkDuration, checkPresent } from './declared-duration.ts';
import { sinkName } from './launch.ts';
import { inputFacts, outputFacts } from './media-facts.ts';
import { type IndexedTrack, readMp4Index } from './mp4-index.ts';
import type { RunEnd } from './run.ts';
import { sizeOf } from './scratch-size.ts';
import { sourceReader } from './source-reader.ts';
import type { RunRequest, RunResult } from './types.ts';
import { checkFrames, checkTimes, checkUntimed } from './verify.ts';

export interface Declared {
  /** Of the source's index, where it has one. */
  tracks: IndexedTrack[] | undefined;
  /** Least share of it that must come out. */
  ratio: number;
}

/** @throws Fault MEDIA_NO_FRAMES, MEDIA_UNTIMED, MEDIA_TRUNCATED */
export async function resultOf(request: RunRequest, run: RunEnd, begun: number, declared: Declared): Promise<RunResult> {
  const { end, graph, skippedStreams, skippedOutputs, at } = run;
  const written = request.outputs.filter(({ name }) => !skippedOutputs.includes(name));
  const sizes = await Promise.all(written.map(async ({ name, path }) => [name, await sizeOf(path)] as const));
  const bytes = Object.fromEntries(sizes);
  if (declared.tracks) checkPresent(declared.tracks, declared.ratio);
  checkFrames(graph, end, bytes);
  if (request.source.kind === 'http') checkTimes(graph, end, Object.keys(bytes));
  checkUntimed(graph, end, Object.keys(bytes));
  if (declared.tracks) checkDuration(declared.tracks, graph, end, declared.ratio);
  const outputs: Record<string, MediaFacts & { bytes: number }> = {};
  for (const { name, path } of written) {
    const facts = outputFacts(graph, name, sinkName(name), end);
    const size = bytes[name] ?? 0;
    const duration = (facts.container === 'mp4' ? await mp4Duration(path, size) : undefined) ?? end.position;
    outputs[name] = { ...facts, ...(duration !== undefined && { duration }), bytes: size };
  }
  const seconds = (from: number, to: number) => Math.max(0, (to - from) / 1000);
  const paused = at.paused ?? at.ended;
  const playing = at.playing ?? at.ended;
  return {
    input: inputFacts({ pads: end.pads, duration: end.duration }),
    outputs,
    skippedStreams,
    skippedOutputs,
    timings: {
      start: seconds(begun, at.started),
      preroll: seconds(at.started, playing),
      playing: seconds(Math.min(paused, playing), at.ended),
    },
  };
}

/** Seconds of the longest track; the position of the pipeline is only that of its slowest branch. */
async function mp4Duration(path: string, size: number): Promise<number | undefined> {
  const reader = await sourceReader({ kind: 'file', path });
  try {
    const tracks = await readMp4Index(reader.readAt, size);
    return tracks && Math.max(...tracks.map(({ declared }) => declared));
  } finally {
    await reader.close();
  }
}
