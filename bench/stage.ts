/** Real MinIO, a sink in place of the Broker, and transcode as in its image. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Requested } from '../lib/events/types.ts';
import { collectFindings } from '../lib/finding.ts';
import { elementsOf, graphFromLaunch } from '../lib/graph/index.ts';
import { createMinioStore, type ObjectStore } from '../lib/storage/index.ts';
import { type BrokerSink, startBrokerSink } from '../test/support/broker-sink.ts';
import { type MinioServer, startMinio } from '../test/support/minio.ts';
import { eventKey, requestedData, requestedEvent } from '../test/support/requests.ts';
import { type Medium, medium, type Program } from './places.ts';
import { cpuAtRest, cpuOf } from './processes.ts';
import type { Cost } from './samples.ts';

export const bucket = 'bench';

export interface Source {
  bucket: string;
  key: string;
  etag: string;
  size: number;
}

/** A function as a process of its own. */
export interface Served {
  url: string;
  pid: number;
  /** Milliseconds from its start to the line of its log that holds `text`. */
  logged(text: string): Promise<number>;
  stop(): Promise<void>;
}

export interface Stage {
  minio: MinioServer;
  store: ObjectStore;
  /** For MinIO's own client `mc`, to which this MinIO is `bench`. */
  clientEnv: NodeJS.ProcessEnv;
  broker: BrokerSink;
  folder: string;
  program: Program;
  /** The medium as an object. */
  upload(name: Medium): Promise<Source>;
  /** A request that no other run has an output of. */
  request(source: Source, pipeline: string, extension: string): Requested;
  /** From the event to the answer: the output is complete by then. The output is removed again. */
  convert(served: Served, data: Requested): Promise<Cost>;
  /** The same, and no more turns until the spare child is loaded that comes after the answer: its CPU is part of the cost. */
  convertAndRest(served: Served, data: Requested): Promise<Cost>;
  /** Its log is at level debug, if nothing else is asked for. */
  serve(name: string, env?: NodeJS.ProcessEnv): Promise<Served>;
  transcode(env?: NodeJS.ProcessEnv): Promise<Served>;
  close(): Promise<void>;
}

export async function startStage(program: Program): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'gst-bench-'));
  const minio = await startMinio({ buckets: [bucket] });
  const store = createMinioStore(minio.address, minio);
  const broker = await startBrokerSink();
  let outputs = 0;

  const stage: Stage = {
    minio,
    store,
    clientEnv: {
      ...process.env,
      MC_CONFIG_DIR: join(folder, 'mc'),
      MC_HOST_bench: `http://${minio.accessKey}:${minio.secretKey}@${minio.endpoint}`,
    },
    broker,
    folder,
    program,
    async upload(name) {
      const path = await medium(name);
      const key = `in/${path.slice(path.lastIndexOf('/') + 1)}`;
      const known = await store.stat(bucket, key);
      if (known) return { bucket, key, ...known };
      const upload = store.upload(bucket, key, path, { contentType: 'application/octet-stream', metadata: {} });
      await upload.finish();
      return { bucket, key, ...(await upload.complete()) };
    },
    request: (source, pipeline, extension) =>
      requestedData({
        endpoint: minio.address,
        source,
        elements: elementsFrom(pipeline),
        sinks: { out: `${bucket}/out/${++outputs}.${extension}` },
        limits: { timeout: 470 },
      }),
    async convert(served, data) {
      const cpu = await cpuOf(served.pid);
      const begun = performance.now();
      const { status } = await post(served, data);
      const wall = (performance.now() - begun) / 1000;
      const cost = { wall, cpu: (await cpuOf(served.pid)) - cpu };
      if (status !== 204) throw new Error(`${status}: ${JSON.stringify(broker.events.at(-1)?.data.error)}`);
      const { key } = data.sinks[0] as { key: string };
      if (!((await store.stat(bucket, key))?.size ?? 0)) throw new Error(`${key} is empty`);
      await store.remove(bucket, key);
      broker.events.length = 0;
      return cost;
    },
    async convertAndRest(served, data) {
      const cpu = await cpuOf(served.pid);
      const { wall } = await stage.convert(served, data);
      return { wall, cpu: (await cpuAtRest(served.pid)) - cpu };
    },
    serve: (name, env = {}) => serveProgram([...program.options, program.main, 'serve', name], { ...program.env, ...env }),
    transcode: (env = {}) =>
      stage.serve('transcode', {
        K_SINK: broker.url,
        EVENT_KEY: eventKey,
        SCRATCH_DIR: join(folder, 'scratch'),
        MINIO_ACCESS_KEY: minio.accessKey,
        MINIO_SECRET_KEY: minio.secretKey,
        ...env,
      }),
    async close() {
      store.close();
      await broker.close();
      await minio.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return stage;
}

export const post = (served: Served, data: Requested): Promise<Response> =>
  fetch(served.url, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify(requestedEvent(data)),
  });

/** Node with these arguments, once it listens. */
export async function serveProgram(args: string[], env: NodeJS.ProcessEnv): Promise<Served> {
  const begun = performance.now();
  const child = spawn(process.execPath, args, {
    env: { LOG_LEVEL: 'debug', EXIT_WITH_PARENT: 'true', ...env, PORT: '0', HOST: '127.0.0.1', LOG_FORMAT: 'json' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const lines: Array<{ line: string; at: number }> = [];
  const waiting = new Set<() => void>();
  const port = Promise.withResolvers<number>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push({ line, at: performance.now() - begun });
      if (lines.length > keptLines) lines.shift();
      if (line.includes('"listening"')) port.resolve(JSON.parse(line).port);
      for (const look of waiting) look();
    });
  }
  const ended = once(child, 'close');
  void ended.then(() => port.reject(new Error(`it ended before it listened:\n${lines.map(({ line }) => line).join('\n')}`)));
  return {
    url: `http://127.0.0.1:${await port.promise}/`,
    pid: child.pid as number,
    logged(text) {
      return new Promise((resolve) => {
        const look = () => {
          const found = lines.find(({ line }) => line.includes(text));
          if (!found) return;
          waiting.delete(look);
          resolve(found.at);
        };
        waiting.add(look);
        look();
      });
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Lines of a log that are kept: only its begin is looked at. */
const keptLines = 1000;

/** As a Transform would have it. */
function elementsFrom(launch: string) {
  const findings = collectFindings(() => undefined);
  const elements = elementsOf(graphFromLaunch(launch, { outlets: [{ name: 'out', directory: false }] }, findings));
  const [finding] = findings.all;
  if (finding) throw new Error(`${finding.path}: ${finding.message}`);
  return elements;
}
