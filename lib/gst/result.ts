/** The result of a run that reached its end, or the fault that it is none. */
import type { MediaFacts } from '../events/types.ts';
import { sinkName } from './launch.ts';
import { inputFacts, outputFacts } from './media-facts.ts';
import type { RunEnd } from './run.ts';
import { sizeOf } from './scratch-size.ts';
import type { RunRequest, RunResult } from './types.ts';
import { checkFrames } from './verify.ts';

/** @throws Fault MEDIA_NO_FRAMES, MEDIA_TRUNCATED */
export async function resultOf(request: RunRequest, run: RunEnd, begun: number, _durationRatio: number): Promise<RunResult> {
  const { end, graph, skippedStreams, skippedOutputs, at } = run;
  const written = request.outputs.filter(({ name }) => !skippedOutputs.includes(name));
  const sizes = await Promise.all(written.map(async ({ name, path }) => [name, await sizeOf(path)] as const));
  const bytes = Object.fromEntries(sizes);
  checkFrames(graph, end, bytes);
  const outputs: Record<string, MediaFacts & { bytes: number }> = {};
  for (const [name, size] of sizes) {
    const facts = outputFacts(graph, name, sinkName(name), end);
    outputs[name] = { ...facts, ...(end.position !== undefined && { duration: end.position }), bytes: size };
  }
  const seconds = (from: number, to: number) => Math.max(0, (to - from) / 1000);
  const paused = at.paused ?? at.ended;
  const playing = at.playing ?? at.ended;
  return {
    input: inputFacts(end),
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
