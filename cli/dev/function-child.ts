/** `gst-functions serve NAME` as a child: its output in lines, and its end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ChildOptions {
  /** As `gst-functions serve` knows it. */
  name: string;
  args?: readonly string[];
  env: NodeJS.ProcessEnv;
  onLine: (line: string) => void;
}

export interface FunctionChild {
  process: ChildProcess;
  lives(): boolean;
  /** As soon as it is gone. */
  gone: Promise<void>;
  /** How it ended, once all that it printed has been told: its status, where it was not ended by a signal, and in words. */
  exited: Promise<{ status?: number; how: string }>;
  /** Asks it to end as soon as its work in hand has ended, and after `seconds` makes it. Safe to call again, with less time. */
  end(seconds: number): Promise<void>;
}

const killDelay = 6_000; // ms beyond its time to drain: it needs some to stop its work and say so

const command = fileURLToPath(new URL('../main.ts', import.meta.url));

export function spawnFunction({ name, args = [], env, onLine }: ChildOptions): FunctionChild {
  const child = spawn(process.execPath, [command, 'serve', name, ...args], {
    // the end of its standard input is how it learns that this process is gone, however it went
    stdio: ['pipe', 'pipe', 'pipe'],
    // a group of its own: Ctrl-C is for this process, which ends the others in order
    detached: true,
    env: { ...env, HOST: '127.0.0.1', LOG_FORMAT: 'json', EXIT_WITH_PARENT: 'true' },
  });
  child.stdin.on('error', () => {}); // it may be gone
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
  const exited = new Promise<{ status?: number; how: string }>((resolve) => {
    child.once('error', (error) => resolve({ how: error.message }));
    child.once('close', (status, signal) =>
      resolve(signal ? { how: `ended by ${signal}` } : { status: status ?? undefined, how: `ended with status ${status}` }),
    );
  });
  return {
    process: child,
    lives: () => child.exitCode === null && child.signalCode === null,
    gone: new Promise((resolve) => child.once('exit', () => resolve())),
    exited,
    async end(seconds) {
      child.kill('SIGTERM');
      if (seconds === 0) child.kill('SIGINT'); // a second one cuts the time to drain
      const force = setTimeout(() => child.kill('SIGKILL'), seconds * 1000 + killDelay);
      await exited;
      clearTimeout(force);
    },
  };
}
