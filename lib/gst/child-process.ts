/** One child process: started through its first stage, spoken to in commands and reports, ended for sure. */
import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { closeSync, writeFileSync } from 'node:fs';
import { Fault } from '../errors.ts';
import { childEnvironment } from './child-environment.ts';
import type { ChildFiles } from './entry.ts';
import { type FirstStage, firstStage } from './first-stage.ts';
import type { Command, Confinement, Report } from './protocol.ts';

/** Longest start of a child, both stages, in milliseconds; 150 ms where nothing is wrong. */
const startTimeout = 30_000;
/** What is kept of what a child writes to stderr, in characters: a crash explains itself there. */
const tailLength = 4_000;

export interface ChildEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** By `kill`. */
  asked: boolean;
}

export interface Child {
  readonly pid: number;
  readonly level: { landlock: number; tcp: boolean };
  readonly confinement: Confinement | undefined;
  /** False once it has ended, or was told to. */
  readonly alive: boolean;
  /** Resolves when the process has ended, however that came. */
  readonly ended: Promise<ChildEnd>;
  send(command: Command): void;
  /** One listener at a time: whoever uses the child now. */
  listen(listener: { onReport(report: Report): void; onStderr?(lines: string): void } | undefined): void;
  stderrTail(): string;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

export interface StartOptions {
  files: ChildFiles;
  env: NodeJS.ProcessEnv;
  registry: string;
  scratchRoot: string;
  /** Undefined: no sandbox. */
  confinement: Confinement | undefined;
  /** Factories whose plugins it loads, once it is loaded itself. */
  preload: readonly string[];
}

/** A process that has been started, and is loading. */
export interface Forked {
  process: ChildProcess;
  confinement: Confinement | undefined;
}

/** @throws Fault CHILD_START */
export async function forkChild({ files, env, registry, scratchRoot, confinement, preload }: StartOptions): Promise<Forked> {
  const stage = confinement && (await firstStage(files, confinement));
  const options = {
    cwd: scratchRoot,
    env: childEnvironment({ env, registry, scratchRoot, abi: stage?.abi }),
    execArgv: [], // a debugger's or a test runner's options are not for the child
    serialization: 'json',
  } satisfies ForkOptions;
  const process = stage ? throughStage(stage, files.main, preload, options) : fork(files.main, preload, { ...options, stdio });
  // where the kernel cannot bind it, it must not try to bind itself further
  return { process, confinement: stage && confinement };
}

const stdio = ['ignore', 'ignore', 'pipe', 'ipc'] satisfies ForkOptions['stdio'];

function throughStage(
  { command, args, ruleset }: FirstStage,
  main: string,
  mainArgs: readonly string[],
  options: ForkOptions,
): ChildProcess {
  try {
    return fork(main, mainArgs, { ...options, execPath: command, execArgv: args(stdio.length), stdio: [...stdio, ruleset] });
  } finally {
    closeSync(ruleset); // the child has its own
  }
}

/** The child, once it is loaded and says so. @throws Fault CHILD_START */
export async function loadedChild({ process: forked, confinement }: Forked): Promise<Child> {
  if (forked.pid !== undefined) preferToEnd(forked.pid);
  const ended = Promise.withResolvers<ChildEnd>();
  const ready = Promise.withResolvers<Child['level']>();
  let listener: Parameters<Child['listen']>[0];
  let alive = true;
  let asked = false;
  let tail = '';
  let rest = '';

  const fail = (cause: string) => ready.reject(new Fault('CHILD_START', { cause }, tail ? { debug: tail } : {}));
  const timer = setTimeout(() => {
    fail(`it was not ready after ${startTimeout} ms`);
    forked.kill('SIGKILL');
  }, startTimeout);
  forked.once('error', (error) => {
    fail(error.message);
    if (forked.pid === undefined) ended.resolve({ code: null, signal: null, asked });
  });
  forked.once('close', (code, signal) => {
    alive = false;
    fail(`it ended by ${signal ?? `status ${code}`}: ${tail.trim()}`);
    ended.resolve({ code, signal, asked });
  });
  forked.on('message', (report: Report) => {
    if (report.kind === 'ready') ready.resolve({ landlock: report.landlock, tcp: report.tcp });
    else listener?.onReport(report);
  });
  forked.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-tailLength);
    if (!listener?.onStderr) return;
    // whole lines only: a secret that is cut in two is not recognised
    rest += text;
    const end = rest.lastIndexOf('\n') + 1;
    if (end > 0) listener.onStderr(rest.slice(0, end));
    rest = rest.slice(end);
  });

  const kill = async () => {
    asked ||= alive;
    alive = false;
    keepsLoop(forked, true);
    forked.kill('SIGKILL');
    await ended.promise;
  };
  try {
    const level = await ready.promise;
    keepsLoop(forked, false); // an idle spare must not keep a program from ending
    return {
      pid: forked.pid ?? 0,
      level,
      confinement,
      get alive() {
        return alive;
      },
      ended: ended.promise,
      send(command) {
        if (alive && forked.connected) forked.send(command, () => {}); // its end is told by `ended`
      },
      listen(next) {
        listener = next;
        keepsLoop(forked, next !== undefined);
      },
      stderrTail: () => tail,
      kill,
    };
  } catch (error) {
    await kill();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the handles of a child keep Node's event loop, and so the process, alive. */
function keepsLoop(forked: ChildProcess, keeps: boolean): void {
  for (const handle of [forked, forked.channel, forked.stderr as unknown as { ref(): void; unref(): void } | null]) {
    if (keeps) handle?.ref();
    else handle?.unref();
  }
}

/** Where memory runs out the kernel ends the child, not the server that started it. */
function preferToEnd(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, '1000');
  } catch {
    // a kernel without it, or a container that forbids it: the watchdog's own limit stays
  }
}
