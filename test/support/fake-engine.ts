/** An engine that runs nothing: what a run does is told by the test. */
import { writeFile } from 'node:fs/promises';
import type { Engine, RunObserver, RunRequest, RunResult } from '../../lib/gst/types.ts';

export type Play = (request: RunRequest, observer: RunObserver, signal: AbortSignal) => Promise<Partial<RunResult> | undefined>;

export interface FakeEngine extends Engine {
  /** Requests in the order in which they came. */
  readonly runs: RunRequest[];
  /** What the next runs do; at first each writes `made of <source>` to every output. */
  plays(play: Play): void;
}

/** Writes a text to every output that is a file. */
export async function writeOutputs({ outputs }: RunRequest, text = 'made'): Promise<void> {
  for (const { path } of outputs) await writeFile(path.endsWith('/') ? `${path}part.ts` : path, text);
}

export function fakeEngine(): FakeEngine {
  const runs: RunRequest[] = [];
  let play: Play = async (request) => {
    await writeOutputs(request);
    return undefined;
  };
  return {
    runs,
    plays(next) {
      play = next;
    },
    async run(request, observer, signal) {
      runs.push(request);
      const result = await play(request, observer, signal);
      return {
        input: { container: 'matroska', streams: [] },
        outputs: Object.fromEntries(request.outputs.map(({ name }) => [name, { streams: [], bytes: 4 }])),
        skippedStreams: [],
        skippedOutputs: [],
        timings: { start: 0, preroll: 0, playing: 0 },
        ...result,
      };
    },
    prepare() {},
    async warm() {},
    reserve() {},
    sandbox: { abi: 4, files: true, tcp: true },
    async close() {},
  };
}

/** Rejects with the reason of the signal when that is aborted: a run that goes on until it is stopped. */
export const untilStopped = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
