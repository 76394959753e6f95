/** A real MinIO server on loopback, for `gst-functions dev`, the demo and the tests. It never outlives this process. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants, openSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Fault } from '../../lib/errors.ts';
import { freePort } from './free-port.ts';
import { answering } from './minio-ready.ts';

export interface MinioOptions {
  /** Where the objects are kept; made where it is missing. */
  dataDir: string;
  /** The server's own output goes here. */
  logFile: string;
  accessKey: string;
  secretKey: string;
  /** 0 or absent: a free one. */
  port?: number;
  consolePort?: number;
  /** Absent: none, which clients may call `us-east-1`. */
  region?: string;
  /** The webhook target `arn:minio:sqs:<region>:GST:webhook`. With a queue folder an event is sent until it is taken. */
  webhook?: { endpoint: string; token: string; queueDir?: string };
  /** Further settings of the server, such as MINIO_NOTIFY_…. */
  env?: Record<string, string>;
  /** Folder with `public.crt` and `private.key`, for TLS. */
  certsDir?: string;
  signal?: AbortSignal;
}

export interface MinioProcess {
  /** `host:port`, as Transforms name it. */
  readonly endpoint: string;
  readonly port: number;
  readonly consolePort: number;
  readonly pid: number;
  /** Of the webhook target. */
  readonly arn: string;
  /** Resolves when the server has ended, however it came about. */
  readonly exited: Promise<void>;
  /** Lets the server end, and after a while makes it. */
  stop(): Promise<void>;
  /** Ends the server at once, as a crash would. */
  kill(): Promise<void>;
}

const startTimeout = 30_000; // ms until the server must answer
const stopTimeout = 5_000; // ms from SIGTERM to SIGKILL
const portAttempts = 5; // a free port may be taken by someone else before MinIO has it
const logTail = 600; // characters of the log in an error

/** @throws Fault MINIO_MISSING, MINIO_START */
export async function launchMinio(options: MinioOptions): Promise<MinioProcess> {
  const binary = findMinio();
  for (let attempt = 1; ; attempt++) {
    const port = options.port || (await freePort());
    const consolePort = options.consolePort || (await freePort());
    try {
      return await start(binary, options, port, consolePort);
    } catch (error) {
      options.signal?.throwIfAborted();
      const chosenByUs = !options.port || !options.consolePort;
      if (!chosenByUs || attempt === portAttempts || !/already in use/i.test(String(error))) throw error;
    }
  }
}

/** The `minio` program: on PATH, else where the set-up puts it. */
export function findMinio(env: NodeJS.ProcessEnv = process.env): string {
  const cache = env.GST_FUNCTIONS_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'gst-functions');
  const folders = [...(env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''), join(cache, 'bin')];
  const found = folders.map((folder) => join(folder, 'minio')).find(isExecutable);
  if (!found) throw new Fault('MINIO_MISSING', { cache });
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function start(binary: string, options: MinioOptions, port: number, consolePort: number): Promise<MinioProcess> {
  const endpoint = `127.0.0.1:${port}`;
  const args = ['server', '--address', endpoint, '--console-address', `127.0.0.1:${consolePort}`, '--certs-dir'];
  args.push(options.certsDir ?? join(options.dataDir, '.no-certificates'), options.dataDir);
  const log = openSync(options.logFile, 'w');
  const [command, ...prefix] = [...diesWithParent(), binary];
  // a group of its own: Ctrl-C is for this process, which ends the server last
  const child = spawn(command as string, [...prefix, ...args], {
    stdio: ['ignore', log, log],
    env: environment(options),
    detached: true,
  });
  closeSync(log);
  const ended = endOf(child);
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  const exited = ended.then(() => {
    process.removeListener('exit', killAtExit);
  });
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    child.kill('SIGCONT'); // a stopped process takes no SIGTERM
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeout);
    await exited;
    clearTimeout(timer);
  };
  const over = new AbortController();
  let starting = true; // later the log may be gone, and nobody asks
  void ended.then((how) => {
    if (starting) over.abort(new Fault('MINIO_START', { cause: `${how}: ${tailOf(options.logFile)}` }));
  });
  const timer = setTimeout(
    () => over.abort(new Fault('MINIO_START', { cause: `no answer within ${startTimeout} ms` })),
    startTimeout,
  );
  const signal = options.signal ? AbortSignal.any([options.signal, over.signal]) : over.signal;
  try {
    const { accessKey, secretKey, region = 'us-east-1', certsDir } = options;
    await answering({ port, consolePort, tls: certsDir !== undefined, region, accessKey, secretKey }, signal);
  } catch (error) {
    await end('SIGKILL');
    throw error;
  } finally {
    starting = false;
    clearTimeout(timer);
  }
  return {
    endpoint,
    port,
    consolePort,
    pid: child.pid as number,
    arn: `arn:minio:sqs:${options.region ?? ''}:GST:webhook`,
    exited,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

/** Nothing of the caller's own MINIO_ settings: they would change what this server does. */
function environment({ accessKey, secretKey, region, webhook, env: further }: MinioOptions): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { MINIO_ROOT_USER: accessKey, MINIO_ROOT_PASSWORD: secretKey, MINIO_UPDATE: 'off' };
  for (const name of ['PATH', 'HOME', 'TMPDIR']) if (process.env[name]) env[name] = process.env[name];
  if (region) env.MINIO_SITE_REGION = region;
  if (webhook) {
    env.MINIO_NOTIFY_WEBHOOK_ENABLE_GST = 'on';
    env.MINIO_NOTIFY_WEBHOOK_ENDPOINT_GST = webhook.endpoint;
    env.MINIO_NOTIFY_WEBHOOK_AUTH_TOKEN_GST = webhook.token;
    if (webhook.queueDir) env.MINIO_NOTIFY_WEBHOOK_QUEUE_DIR_GST = webhook.queueDir;
  }
  return { ...env, ...further };
}

/** Words before the command that make the kernel end it with this process, even where that is killed. */
function diesWithParent(): string[] {
  const wrapper = ['setpriv', '--pdeathsig', 'KILL'];
  wrapperWorks ??= spawnSync('setpriv', [...wrapper.slice(1), 'true'], { stdio: 'ignore' }).status === 0;
  return wrapperWorks ? wrapper : [];
}
let wrapperWorks: boolean | undefined;

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `ended by ${signal}` : `exit status ${code}`));
  });
}

function tailOf(file: string): string {
  return readFileSync(file, 'utf8').trim().slice(-logTail);
}
