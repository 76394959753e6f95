/** The child processes of one engine, of which one is kept in reserve: loaded, sandboxed, waiting. */
import { mkdirSync } from 'node:fs';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { Fault } from '../errors.ts';
import { counter } from '../telemetry/index.ts';
import { type Child, type Forked, forkChild, loadedChild } from './child-process.ts';
import { confinementOf } from './confinement.ts';
import { childFiles } from './entry.ts';
import { pluginRegistry } from './registry.ts';
import type { ChildrenOptions, SandboxLevel } from './types.ts';

/** Factories whose plugins a spare child loads beforehand: those of the latest runs. */
const maxPreloaded = 64;
/** Before the first run: what most runs need. */
const usual = [
  ...['souphttpsrc', 'decodebin', 'queue', 'typefind', 'qtdemux', 'h264parse', 'aacparse'],
  ...['videoconvert', 'videoscale', 'x264enc', 'audioconvert', 'audioresample', 'voaacenc'],
];
/**
 * What looks for decoders when it sees its streams finds those of libav, for the most part. To load their 170 libraries takes
 * longer than all the rest, and holds up what is to be loaded after them: so they come last, and only where they are wanted.
 */
const choosers = new Set(['decodebin', 'decodebin3']);
const chosen = 'avdec_h264';

export interface Children {
  /** Of the latest one. */
  readonly sandbox: SandboxLevel;
  /** Whether there is one in reserve, started at least. */
  readonly spare: boolean;
  /** Resolves when the process of the latest one runs, or could not be started. */
  readonly forked: Promise<void>;
  /** Starts one, where there is none in reserve; resolves when it is loaded. @throws Fault CHILD_START, SANDBOX_REQUIRED */
  reserve(): Promise<void>;
  /** The one in reserve, or a new one; whoever takes it ends it. @throws Fault as above, SHUTTING_DOWN */
  take(): Promise<Child>;
  /** The one in reserve loads the plugins of these factories. */
  prepare(factories: string[]): void;
  /** Those that will be in reserve load the plugins of these factories. */
  remember(factories: string[]): void;
  /** Ends them all. */
  close(): Promise<void>;
}

export function createChildren(options: ChildrenOptions): Children {
  const { scratchRoot, env = process.env, readable = [], sandbox: wanted = true, requireSandbox = false } = options;
  const files = options.files ?? childFiles();
  const children = new Set<Child>();
  const crashes = counter('gst.child.crashes');
  let spare: Promise<Child> | undefined;
  let closed = false;
  let level: SandboxLevel = { abi: 0, files: false, tcp: false };
  let warned = false;
  let prepared: Promise<string> | undefined;
  let latest = usual;
  let forked = Promise.resolve();

  const prepare = async (): Promise<string> => {
    mkdirSync(scratchRoot, { recursive: true });
    return pluginRegistry({ env, cacheDir: options.cacheDir, scan: files.scan });
  };

  const fork = async (preload: readonly string[]): Promise<Forked> => {
    prepared ??= prepare();
    const registry = await prepared.catch((error) => {
      prepared = undefined; // the next run tries again
      throw error;
    });
    const confinement = wanted ? confinementOf({ files, registry, scratchRoot, readable, env }) : undefined;
    return forkChild({ files, env, registry, scratchRoot, confinement, preload });
  };

  const load = async (forking: Promise<Forked>): Promise<Child> => {
    const child = await loadedChild(await forking);
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

  const begin = (preload: readonly string[] = []): Promise<Child> => {
    // it outlives the run that makes room for it
    const starting = context.with(ROOT_CONTEXT, () => {
      const forking = fork(preload);
      forked = forking.then(
        () => {},
        () => {}, // told to whoever takes it
      );
      return load(forking);
    });
    // a failure is told to whoever takes it; the next one tries again
    starting.catch(() => {
      if (spare === starting) spare = undefined;
    });
    return starting;
  };

  return {
    get sandbox() {
      return level;
    },
    get forked() {
      return forked;
    },
    get spare() {
      return spare !== undefined;
    },
    async reserve() {
      if (closed) throw new Fault('SHUTTING_DOWN');
      spare ??= begin(latest);
      await spare;
    },
    async take() {
      for (;;) {
        if (closed) throw new Fault('SHUTTING_DOWN');
        const taken = spare ?? begin();
        spare = undefined;
        const child = await taken;
        if (child.alive) return child; // a spare may have been ended from outside while it waited
      }
    },
    prepare(factories) {
      const all = factories.some((factory) => choosers.has(factory)) ? [...factories, chosen] : factories;
      const wanted = spare ? all.filter((factory) => !latest.includes(factory)) : all;
      if (closed || wanted.length === 0) return;
      spare ??= begin();
      // whoever takes the child is told if there is none
      void spare.then(
        (child) => child.send({ kind: 'preload', factories: wanted }),
        () => {},
      );
    },
    remember(factories) {
      latest = [...new Set([...factories, ...latest])].filter(Boolean).slice(0, maxPreloaded);
    },
    async close() {
      closed = true;
      await Promise.allSettled([spare]);
      await Promise.all([...children].map((child) => child.kill()));
    },
  };
}
