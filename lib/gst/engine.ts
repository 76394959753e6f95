/** Runs graphs, each in a child process of its own, and keeps one child in reserve: loaded, sandboxed, waiting. */
import { mkdir } from 'node:fs/promises';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { Fault } from '../errors.ts';
import { counter, histogram, inSpan } from '../telemetry/index.ts';
import { type Child, startChild } from './child-process.ts';
import { confinementOf } from './confinement.ts';
import { declaredBy } from './declared-duration.ts';
import { childFiles } from './entry.ts';
import { orOverCopy } from './local-copy.ts';
import { containerMemory } from './process-memory.ts';
import { pluginRegistry } from './registry.ts';
import { resultOf } from './result.ts';
import { play } from './run.ts';
import { runTimes } from './run-times.ts';
import { traced } from './traced.ts';
import type { Engine, EngineOptions, RunObserver, SandboxLevel } from './types.ts';

/** What this process itself needs of the container's memory beyond what it has now, in bytes. */
const memoryReserve = 64 * 1024 * 1024;
const defaultDurationRatio = 0.9;
/** Factories whose plugins a spare child loads beforehand: those of the latest runs. */
const maxPreloaded = 64;

export function createEngine(options: EngineOptions): Engine {
  const { scratchRoot, env = process.env, readable = [], sandbox: wanted = true, requireSandbox = false } = options;
  const files = options.files ?? childFiles();
  const times = { ...runTimes, ...options.times };
  const children = new Set<Child>();
  const waits = histogram('gst.child.start.duration');
  const crashes = counter('gst.child.crashes');
  let spare: Promise<Child> | undefined;
  let closed = false;
  let level: SandboxLevel = { abi: 0, files: false, tcp: false };
  let warned = false;
  let prepared: Promise<string> | undefined;
  let preload: string[] = [];

  const prepare = async (): Promise<string> => {
    await mkdir(scratchRoot, { recursive: true });
    return pluginRegistry({ env, cacheDir: options.cacheDir, scan: files.scan });
  };

  const start = async (): Promise<Child> => {
    prepared ??= prepare();
    const registry = await prepared.catch((error) => {
      prepared = undefined; // the next run tries again
      throw error;
    });
    const confinement = wanted ? confinementOf({ files, registry, scratchRoot, readable, env }) : undefined;
    const child = await startChild({ files, env, registry, scratchRoot, confinement });
    children.add(child);
    void child.ended.then(({ code, signal, asked }) => {
      children.delete(child);
      if (!asked) crashes.add(1, { 'gst.end': signal ?? `status ${code}` });
    });
    level = { abi: child.level.landlock, files: child.level.landlock > 0, tcp: child.level.tcp };
    try {
      checkSandbox();
    } catch (error) {
      await child.kill();
      throw error;
    }
    if (closed) await child.kill();
    else if (preload.length > 0) child.send({ kind: 'preload', factories: preload });
    return child;
  };

  const checkSandbox = () => {
    if (level.files && level.tcp) return;
    const lack = level.files
      ? `Landlock ABI ${level.abi} cannot bind TCP ports`
      : wanted
        ? 'the kernel has no Landlock'
        : 'it is switched off';
    if (requireSandbox && !level.files) throw new Fault('SANDBOX_REQUIRED', { cause: lack });
    if (warned) return;
    warned = true;
    options.onWarning?.(`pipelines run ${level.files ? 'with a weaker' : 'without a'} sandbox: ${lack}`);
  };

  const reserve = (): Promise<Child> => {
    const starting = context.with(ROOT_CONTEXT, start); // it outlives the run that makes room for it
    // a failure is told to whoever takes it; the next one tries again
    starting.catch(() => {
      if (spare === starting) spare = undefined;
    });
    return starting;
  };

  const take = async (): Promise<Child> => {
    for (;;) {
      const taken = spare ?? reserve();
      spare = undefined;
      const child = await taken;
      if (child.alive) return child; // a spare may have been ended from outside while it waited
      if (closed) throw new Fault('SHUTTING_DOWN');
    }
  };

  const memoryLimit = async (): Promise<number | undefined> => {
    if (options.memoryLimit !== undefined) return options.memoryLimit;
    const container = await containerMemory();
    return container === undefined ? undefined : Math.max(memoryReserve, container - process.memoryUsage.rss() - memoryReserve);
  };

  const once: Engine['run'] = async (request, observer, signal) => {
    if (closed) throw new Fault('SHUTTING_DOWN');
    const begun = performance.now();
    const attributes = { 'gst.spare': spare !== undefined };
    const [child, limit] = await inSpan('child start', { attributes }, () => Promise.all([take(), memoryLimit()]));
    waits.record((performance.now() - begun) / 1000, attributes);
    const reading = new AbortController();
    let index: ReturnType<typeof declaredBy> | undefined;
    try {
      const watcher: RunObserver = {
        ...observer,
        onPlaying(choice) {
          index ??= declaredBy(request, reading.signal); // beside the pipeline: it costs a short job nothing
          if (options.spare !== false && !closed) spare ??= reserve();
          observer.onPlaying?.(choice);
        },
      };
      const end = await traced(request, watcher, (watched) =>
        play(request, watched, signal, { child, memoryLimit: limit, readable, times }),
      );
      await child.kill();
      preload = [
        ...new Set([...end.graph.nodes.map(({ factory }) => factory), ...end.end.pads.map(({ factory }) => factory), ...preload]),
      ]
        .filter(Boolean)
        .slice(0, maxPreloaded);
      const declared = { tracks: await index, ratio: options.durationRatio ?? defaultDurationRatio };
      return await resultOf(request, end, begun, declared);
    } finally {
      reading.abort();
      await child.kill();
      if (options.spare !== false && !closed) spare ??= reserve();
    }
  };

  return {
    get sandbox() {
      return level;
    },
    prepare(graph) {
      const factories = graph.nodes.map(({ factory }) => factory).filter((factory) => !preload.includes(factory));
      if (closed || factories.length === 0) return;
      spare ??= reserve();
      // whoever takes the child is told if there is none
      void spare.then(
        (child) => child.send({ kind: 'preload', factories }),
        () => {},
      );
    },
    async warm() {
      if (closed) throw new Fault('SHUTTING_DOWN');
      spare ??= reserve();
      await spare;
    },
    run: orOverCopy(once),
    async close() {
      closed = true;
      await Promise.allSettled([spare]);
      await Promise.all([...children].map((child) => child.kill()));
    },
  };
}
