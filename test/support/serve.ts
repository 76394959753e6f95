/** One function as a process of its own, as `gst-functions serve` runs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

export interface ServedProcess {
  readonly url: string;
  readonly pid: number;
  /** JSON lines of its log. */
  readonly log: string[];
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** SIGKILL, and waits for its end. */
  kill(): Promise<void>;
  /** SIGTERM, and waits for its end. */
  stop(): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/**
 * @param before words of a command that becomes the function, such as `unshare`; it must keep its process id
 * @param program the gst-functions command
 */
export async function serveProcess(
  name: string,
  env: NodeJS.ProcessEnv,
  before: string[] = [],
  program = main,
): Promise<ServedProcess> {
  const [command = '', ...words] = [...before, process.execPath, program, 'serve', name];
  const child: ChildProcess = spawn(command, words, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', HOST: '127.0.0.1', LOG_FORMAT: 'json', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  const port = Promise.withResolvers<number>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream as NodeJS.ReadableStream }).on('line', (line) => {
      log.push(line);
      if (line.includes('"listening"')) port.resolve(JSON.parse(line).port);
    });
  }
  void ended.then(() => port.reject(new Error(`${name} ended before it listened:\n${log.join('\n')}`)));
  const url = `http://127.0.0.1:${await port.promise}/`;
  return {
    url,
    pid: child.pid as number,
    log,
    ended,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
