/**
 * The whole system on this machine: a real MinIO, every function as a process of its own on a port of loopback, and a
 * local broker that follows the Triggers of knative/base. Nothing that it starts outlives it.
 */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { makeFolder } from '../../lib/make-folder.ts';
import { createMinioStore } from '../../lib/storage/index.ts';
import { UsageError } from '../exit.ts';
import { mirrorTransforms } from './alias.ts';
import { type Broker, createBroker, readTriggers, startIngress } from './broker/index.ts';
import { freePort, isFree } from './free-port.ts';
import { type FunctionProcess, startFunction } from './function-process.ts';
import { keepJobLogs } from './job-logs.ts';
import { findMinio, launchMinio, type MinioProcess } from './minio.ts';
import { createOneShots, type OneShots } from './one-shots.ts';
import { commandSettings, environmentOf, isInUse, newSecret, type Place, settingsFile } from './settings.ts';
import { keepWatched, type WatchedPrefix } from './watched.ts';

export interface DevOptions {
  /** Folder of Transforms. */
  transforms: string;
  /** Kept at the end; absent: a temporary one, removed at the end. */
  dataDir?: string;
  /** Absent or 0: a free one. */
  minioPort?: number;
  /** Other addresses under which Transforms know this MinIO. */
  aliases?: readonly string[];
  /** Transcode processes. Default: half of the cores. */
  workers?: number;
  /** The waits before the Broker tries again are multiplied by it. Default: 1. */
  backoffScale?: number;
  /** Further settings of the functions. */
  env?: NodeJS.ProcessEnv;
  /** Of dev itself. */
  log: Logger;
  /** Each line that a function prints. */
  onLine?: (label: string, line: string) => void;
  /** Ends the start. */
  signal?: AbortSignal;
}

export interface Dev {
  minio: MinioProcess & { consoleUrl: string; accessKey: string; secretKey: string };
  broker: Broker;
  /** What K_SINK is. */
  brokerUrl: string;
  /** Whoever opens it is signed in. */
  dashboardUrl: string;
  functions: readonly FunctionProcess[];
  /** Processes of Transforms with `execution: job` that run now. */
  oneShots(): number[];
  /** Folder of the Transforms, as they were given. */
  transforms: string;
  prefixes(): readonly WatchedPrefix[];
  place: Readonly<Place>;
  /** Drains for so many seconds, then ends all. Safe to call again, with less time. */
  close(drainSeconds?: number): Promise<void>;
}

/** All but the recorder, which is still to take what these have to say at their end. */
const working = ['source', 'dispatcher', 'transcode'];
const jobSink = 'transcode-job';
const drainSeconds = 10; // s that runs in hand may go on at the end
const lastWords = 3_000; // ms for the recorder to take the results of the last runs
const pollInterval = 20; // ms
const startAttempts = 5; // a free port may be taken by someone else before it is used

const manifests = ['triggers.yaml', 'functions/transcode-job.yaml'].map(
  (path) => new URL(`../../knative/base/${path}`, import.meta.url),
);

/**
 * @throws UsageError for a folder or a port that cannot be used; Fault MINIO_MISSING, MINIO_START, FUNCTION_START,
 * TRIGGER_INVALID; what was started by then is ended
 */
export async function startDev(options: DevOptions): Promise<Dev> {
  const { log, signal, workers = defaultWorkers() } = options;
  // what can be known before anything is started is told then
  findMinio();
  const wanted = options.minioPort;
  if (wanted && !(await isFree(wanted))) {
    throw new UsageError(
      `port ${wanted} is taken by another process: end that, or take a free one by --minio-port, with --endpoint-alias 127.0.0.1:${wanted} for Transforms that name this one`,
    );
  }
  const texts = await Promise.all(manifests.map((file) => readFile(file, 'utf8')));
  const triggers = readTriggers(texts.join('\n---\n'));
  const transforms = resolve(options.transforms);
  if (!(await stat(transforms).catch(() => undefined))?.isDirectory()) {
    throw new UsageError(`there is no folder ${transforms}: --transforms names that of your Transforms`);
  }
  // two on one folder would take each other's Transforms and settings away
  if (options.dataDir && (await isInUse(options.dataDir))) {
    throw new UsageError(
      `another gst-functions dev runs with --data ${options.dataDir}: end it, or name another folder (if none runs, remove ${settingsFile} in it)`,
    );
  }
  const dataDir = options.dataDir ? resolve(options.dataDir) : await mkdtemp(join(tmpdir(), 'gst-dev-'));
  makeFolder(dataDir); // a fault is of the folder that was named
  for (const name of ['objects', 'queue', 'jobs', 'scratch']) makeFolder(join(dataDir, name));
  const broker = createBroker({ triggers, parallel: { transcode: 1, [jobSink]: workers }, backoffScale: options.backoffScale });
  const functions = new Set<FunctionProcess>();
  const releases: Array<() => unknown> = options.dataDir ? [] : [() => rm(dataDir, { recursive: true, force: true })];

  const logsDir = join(dataDir, 'logs');
  const logs = await keepJobLogs({ folder: logsDir, log });
  releases.push(logs.close);
  const onLine = (label: string, line: string) => {
    logs.take(label, line);
    options.onLine?.(label, line);
  };
  let oneShots: OneShots | undefined;
  const stop = (names: readonly string[], seconds: number) =>
    Promise.all([
      names.includes('transcode') && oneShots?.stop(seconds),
      ...[...functions].filter(({ name }) => names.includes(name)).map((one) => one.stop(seconds)),
    ]);
  let ending: Promise<void> | undefined;
  const end = async (seconds: number) => {
    for (const name of [...working, jobSink]) broker.subscriber(name).pause();
    await stop(working, seconds);
    // what became of the last runs is still to be recorded
    const deadline = performance.now() + (seconds > 0 ? lastWords : 0);
    while (broker.inHand('recorder') > 0 && performance.now() < deadline) await sleep(pollInterval);
    const left = broker.inHand();
    if (left > 0) log.warn({ events: left }, 'events in hand are given up: what they are about must be uploaded again');
    broker.close();
    await stop(['recorder', 'dashboard'], seconds);
    for (const release of releases.toReversed()) await release();
  };
  const close = (seconds = drainSeconds) => {
    if (ending && seconds === 0) void stop([...working, 'recorder', 'dashboard'], 0);
    ending ??= end(seconds);
    return ending;
  };

  try {
    const ingress = await startIngress(broker);
    releases.push(ingress.close);
    const newAddress = async () => `127.0.0.1:${options.minioPort || (await freePort())}`;
    const place: Place = {
      dataDir,
      transformsDir: options.aliases?.length ? join(dataDir, 'transforms') : transforms,
      jobsDir: join(dataDir, 'jobs'),
      logsDir,
      scratchDir: join(dataDir, 'scratch'),
      sink: ingress.url,
      minio: {
        address: await newAddress(),
        accessKey: process.env.MINIO_ACCESS_KEY || 'gst-functions',
        secretKey: process.env.MINIO_SECRET_KEY || newSecret(),
      },
      eventKey: process.env.EVENT_KEY || newSecret(),
      webhookToken: newSecret(),
      dashboardToken: newSecret(),
      drainSeconds,
    };
    const start = async (name: string, label = name) => {
      const env = { ...environmentOf(place, label), ...options.env };
      // no event is delivered to the dashboard: it reads what the recorder keeps
      const onUp = (url: string) => (name === 'dashboard' ? () => {} : broker.subscriber(name).add(url));
      const started = startFunction({ name, label, env, onLine, onUp });
      functions.add(started);
      await started.up;
      signal?.throwIfAborted();
      return started;
    };
    const launch = (webhook: string) =>
      launchMinio({
        dataDir: join(dataDir, 'objects'),
        logFile: join(dataDir, 'minio.log'),
        accessKey: place.minio.accessKey,
        secretKey: place.minio.secretKey,
        port: Number(place.minio.address.split(':')[1]),
        webhook: { endpoint: webhook, token: place.webhookToken, queueDir: join(dataDir, 'queue') },
        signal,
      });
    // each of the two must be told the address of the other
    const pair = async (attempt = 1): Promise<MinioProcess> => {
      const source = await start('source');
      try {
        return await launch(source.url);
      } catch (error) {
        const taken = /already in use/i.test(String(error));
        if (options.minioPort || !taken || attempt === startAttempts || signal?.aborted) throw error;
        await source.stop(0);
        functions.delete(source);
        place.minio.address = await newAddress();
        return pair(attempt + 1);
      }
    };

    const minio = await pair();
    const file = join(dataDir, settingsFile);
    releases.push(() => rm(file, { force: true }));
    await writeFile(file, commandSettings(place), { mode: 0o600 });
    oneShots = createOneShots({
      name: 'transcode',
      label: jobSink,
      env: { ...environmentOf(place, jobSink), ...options.env },
      folder: join(dataDir, 'events'),
      onLine,
    });
    broker.subscriber(jobSink).add(jobSink, oneShots.post);
    releases.push(minio.stop);
    const { address, accessKey, secretKey } = place.minio;
    if (options.aliases?.length) {
      const mirror = await mirrorTransforms({
        from: transforms,
        to: place.transformsDir,
        aliases: options.aliases,
        address,
        log,
      });
      releases.push(mirror.close);
    }
    const endpoint = { address, tls: false, region: 'us-east-1', credentialsSecret: '' };
    const store = createMinioStore(endpoint, { accessKey, secretKey });
    releases.push(store.close);
    const numbers = Array.from({ length: workers }, (_, i) => i + 1);
    const watching = keepWatched({ folder: place.transformsDir, store, arn: minio.arn, log });
    // one that comes about while another part fails to start must end too
    releases.push(() =>
      watching.then(
        ({ close: unwatch }) => unwatch(),
        () => {},
      ),
    );
    const [watched, dashboard] = await Promise.all([
      watching,
      start('dashboard'),
      start('dispatcher'),
      start('recorder'),
      ...numbers.map((n) => start('transcode', workers === 1 ? 'transcode' : `transcode${n}`)),
    ]);
    return {
      minio: { ...minio, consoleUrl: `http://127.0.0.1:${minio.consolePort}`, accessKey, secretKey },
      broker,
      brokerUrl: ingress.url,
      dashboardUrl: `${dashboard.url.replace(/\/$/, '')}/#token=${place.dashboardToken}`,
      functions: [...functions],
      oneShots: oneShots.pids,
      transforms,
      prefixes: watched.prefixes,
      place,
      close,
    };
  } catch (error) {
    await close(0);
    throw error;
  }
}

/** Each pipeline uses several threads, and the machine is somebody's own. */
function defaultWorkers(): number {
  return Math.max(1, Math.floor(availableParallelism() / 2));
}
