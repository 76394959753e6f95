/** One function as a process of its own: started, watched, started again when it died, and ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Fault } from '../../lib/errors.ts';

export interface FunctionOptions {
  /** As `gst-functions serve` knows it. */
  name: string;
  /** Who speaks in the logs; `name` where there is one of it. */
  label: string;
  env: NodeJS.ProcessEnv;
  /** Each line of its output, and what is said of it here. */
  onLine: (label: string, line: string) => void;
  /** Called each time it can be reached. What it returns is called when it no longer can. */
  onUp: (url: string) => () => void;
}

export interface FunctionProcess {
  readonly name: string;
  readonly label: string;
  /** Resolves when it can be reached; rejects with FUNCTION_START. */
  readonly up: Promise<void>;
  readonly url: string;
  /** Of the process that runs now. */
  readonly pid: number;
  /** Asks it to end as soon as its work in hand has ended, and after `seconds` makes it. Safe to call again, with less time. */
  stop(seconds: number): Promise<void>;
}

const startTimeout = 30_000; // ms until it must listen
const killDelay = 6_000; // ms beyond its time to drain: it needs some to stop its work and say so
const firstRestart = 500; // ms before a process that died is started again; doubles each time
const longestRestart = 30_000; // ms
const calm = 60_000; // ms that a process must have run for its past to be forgotten
const tail = 2_000; // characters of the output in an error

const command = fileURLToPath(new URL('../main.ts', import.meta.url));

/** Has the process at once, so that it can be stopped before it is up. */
export function startFunction(options: FunctionOptions): FunctionProcess {
  let port = 0; // a free one, which is kept when the process is started again
  let stopping = false;
  let restarts = 0;
  let down = () => {};
  let current: Running;
  let waiting: NodeJS.Timeout | undefined;

  const launch = async () => {
    const started = performance.now();
    current = spawnFunction(options, port);
    // before the first wait: whoever stops us meanwhile must find this process
    void current.exited.then((how) => {
      down();
      down = () => {};
      if (stopping || current.port === undefined) return;
      restarts = performance.now() - started > calm ? 0 : restarts + 1;
      restartLater(how);
    });
    port = await current.listening;
    if (!stopping) down = options.onUp(`http://127.0.0.1:${port}`);
  };
  const restartLater = (how: string) => {
    const wait = Math.min(longestRestart, firstRestart * 2 ** Math.max(0, restarts - 1));
    options.onLine(options.label, `${how}; started again in ${wait / 1000} s`);
    waiting = setTimeout(() => {
      launch().catch((error: unknown) => {
        if (stopping) return;
        restarts++;
        restartLater((error as Error).message);
      });
    }, wait);
  };

  const up = launch();
  up.catch(() => {}); // the caller's to hear of
  return {
    name: options.name,
    label: options.label,
    up,
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    get pid() {
      return current.child.pid ?? 0;
    },
    async stop(seconds) {
      stopping = true;
      clearTimeout(waiting);
      down();
      down = () => {};
      await current.end(seconds);
    },
  };
}

interface Running {
  child: ChildProcess;
  /** Set once it listens. */
  readonly port: number | undefined;
  listening: Promise<number>;
  /** How it ended. */
  exited: Promise<string>;
  end(seconds: number): Promise<void>;
}

function spawnFunction({ name, label, env, onLine }: FunctionOptions, wanted: number): Running {
  const child = spawn(process.execPath, [command, 'serve', name, '--port', String(wanted)], {
    // the end of its standard input is how it learns that this process is gone, however it went
    stdio: ['pipe', 'pipe', 'pipe'],
    // a group of its own: Ctrl-C is for this process, which ends the others in order
    detached: true,
    env: { ...env, HOST: '127.0.0.1', LOG_FORMAT: 'json', EXIT_WITH_PARENT: 'true' },
  });
  child.stdin.on('error', () => {}); // it may be gone
  const up = Promise.withResolvers<number>();
  let said = '';
  let port: number | undefined;
  const onOutput = (line: string) => {
    onLine(label, line);
    if (port !== undefined) return;
    said = `${said}\n${line}`.slice(-tail);
    port = portIn(line);
    if (port !== undefined) up.resolve(port);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onOutput);
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ? `ended by ${signal}` : `ended with status ${code}`));
  });
  const fail = (cause: string) => up.reject(new Fault('FUNCTION_START', { name: label, cause }));
  const timer = setTimeout(() => {
    fail(`it did not listen within ${startTimeout / 1000} s:${said}`);
    child.kill('SIGKILL');
  }, startTimeout);
  void up.promise.catch(() => {}).then(() => clearTimeout(timer));
  void exited.then((how) => fail(`${how}:${said}`));
  return {
    child,
    get port() {
      return port;
    },
    listening: up.promise,
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

/** A function says where it listens, as it does in its container. */
function portIn(line: string): number | undefined {
  try {
    const { msg, port } = JSON.parse(line);
    return msg === 'listening' && Number.isInteger(port) ? port : undefined;
  } catch {
    return undefined;
  }
}
