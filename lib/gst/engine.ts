/** Runs graphs, each in a child process of its own. */
import { clock } from '../clock.ts';
import { histogram, inSpan } from '../telemetry/index.ts';
import { type Children, createChildren } from './children.ts';
import { declaredBy } from './declared-duration.ts';
import { inOwnWords } from './explained.ts';
import { orOverCopy } from './local-copy.ts';
import { containerMemory } from './process-memory.ts';
import { resultOf } from './result.ts';
import { play } from './run.ts';
import { runTimes } from './run-times.ts';
import { traced } from './traced.ts';
import type { Engine, EngineOptions, RunObserver } from './types.ts';

/** What this process itself needs of the container's memory beyond what it has now, in bytes. */
const memoryReserve = 64 * 1024 * 1024;
const defaultDurationRatio = 0.9;
/**
 * Bytes of a source that may be done with before a spare child is loaded, which keeps a core busy for 100 ms. While a larger
 * one is read and its output sent, there is no core to spare.
 */
const quickSource = 16 * 1024 * 1024;

/** `children` may have begun before: the first one takes longer to start than all the rest of a process. */
export function createEngine(options: EngineOptions, children: Children = createChildren(options)): Engine {
  const { readable = [], spare: keepsSpare = true } = options;
  const times = { ...runTimes, ...options.times };
  const waits = histogram('gst.child.start.duration');

  // whoever takes the child is told if there is none
  const reserve = () => {
    if (keepsSpare) children.reserve().catch(() => {});
  };

  const memoryLimit = async (): Promise<number | undefined> => {
    if (options.memoryLimit !== undefined) return options.memoryLimit;
    const container = await containerMemory();
    return container === undefined ? undefined : Math.max(memoryReserve, container - process.memoryUsage.rss() - memoryReserve);
  };

  const once: Engine['run'] = async (request, observer, signal) => {
    const begun = clock();
    const attributes = { 'gst.spare': children.spare };
    const [child, limit] = await inSpan('child start', { attributes }, () => Promise.all([children.take(), memoryLimit()]));
    waits.record((clock() - begun) / 1000, attributes);
    const reading = new AbortController();
    const isQuick = request.sourceSize <= quickSource;
    let index: ReturnType<typeof declaredBy> | undefined;
    try {
      const watcher: RunObserver = {
        ...observer,
        onPlaying(choice) {
          index ??= declaredBy(request, reading.signal); // beside the pipeline: it costs a short job nothing
          if (isQuick) reserve();
          observer.onPlaying?.(choice);
        },
      };
      const end = await traced(request, watcher, (watched) =>
        play(request, watched, signal, { child, memoryLimit: limit, readable, times }),
      );
      await child.kill();
      children.remember([...end.graph.nodes, ...end.end.pads].map(({ factory }) => factory));
      const declared = { tracks: await index, ratio: options.durationRatio ?? defaultDurationRatio };
      return await resultOf(request, end, begun, declared);
    } finally {
      reading.abort();
      await child.kill();
      if (isQuick) reserve();
    }
  };

  return {
    get sandbox() {
      return children.sandbox;
    },
    prepare: (factories) => children.prepare(factories),
    warm: () => children.reserve(),
    reserve,
    run: inOwnWords(orOverCopy(once)),
    close: () => children.close(),
  };
}
