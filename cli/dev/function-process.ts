/** One function as a process of its own: started, watched, started again when it died, and ended. */
import { Fault } from '../../lib/errors.ts';
import { type FunctionChild, spawnFunction } from './function-child.ts';

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
const firstRestart = 500; // ms before a process that died is started again; doubles each time
const longestRestart = 30_000; // ms
const calm = 60_000; // ms that a process must have run for its past to be forgotten
const tail = 2_000; // characters of the output in an error

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
    current = startListening(options, port);
    // before the first wait: whoever stops us meanwhile must find this process
    void current.child.gone.then(() => {
      down();
      down = () => {};
    });
    void current.child.exited.then(({ how }) => {
      if (stopping || current.port === undefined) return;
      restarts = performance.now() - started > calm ? 0 : restarts + 1;
      restartLater(how);
    });
    port = await current.listening;
    if (!stopping && current.child.lives()) down = options.onUp(`http://127.0.0.1:${port}`);
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
      return current.child.process.pid ?? 0;
    },
    async stop(seconds) {
      stopping = true;
      clearTimeout(waiting);
      down();
      down = () => {};
      await current.child.end(seconds);
    },
  };
}

interface Running {
  child: FunctionChild;
  /** Set once it listens. */
  readonly port: number | undefined;
  listening: Promise<number>;
}

function startListening({ name, label, env, onLine }: FunctionOptions, wanted: number): Running {
  const up = Promise.withResolvers<number>();
  let said = '';
  let port: number | undefined;
  const child = spawnFunction({
    name,
    args: ['--port', String(wanted)],
    env,
    onLine(line) {
      onLine(label, line);
      if (port !== undefined) return;
      said = `${said}\n${line}`.slice(-tail);
      port = portIn(line);
      if (port !== undefined) up.resolve(port);
    },
  });
  const fail = (cause: string) => up.reject(new Fault('FUNCTION_START', { name: label, cause }));
  const timer = setTimeout(() => {
    fail(`it did not listen within ${startTimeout / 1000} s:${said}`);
    child.process.kill('SIGKILL');
  }, startTimeout);
  void up.promise.catch(() => {}).then(() => clearTimeout(timer));
  void child.exited.then(({ how }) => fail(`${how}:${said}`));
  return {
    child,
    get port() {
      return port;
    },
    listening: up.promise,
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
