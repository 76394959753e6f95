/** The whole of transcode in this process: real engine, real MinIO, a sink that keeps its events. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { decode } from '../../cli/demo/verify.ts';
import { transcode } from '../../functions/transcode/index.ts';
import type { Requested, SinkObject } from '../../lib/events/types.ts';
import type { RunningFunction } from '../../lib/runtime/types.ts';
import { type BrokerSink, startBrokerSink } from './broker-sink.ts';
import { collect } from './collect.ts';
import { type MinioServer, startMinio } from './minio.ts';
import { eventKey, post, type RequestFields, requestedData, requestedEvent } from './requests.ts';

export interface TranscodeBench {
  minio: MinioServer;
  broker: BrokerSink;
  running: RunningFunction;
  /** The bucket that sources and outputs are in. */
  bucket: string;
  /** Folder of its own, for media and what is fetched. */
  folder: string;
  /** All that was logged, as JSON lines. */
  log: string[];
  /** Uploads a file (or bytes) under `key`, and gives what a request says of it. */
  upload(key: string, content: string | Buffer): Promise<{ bucket: string; key: string; etag: string; size: number }>;
  /** A request for a source that `upload` gave. */
  request(
    fields: Omit<RequestFields, 'endpoint' | 'sinks'> & { sinks?: Record<string, string | Partial<SinkObject>> },
  ): Requested;
  /** Posts the request and resolves with the status of the answer. */
  ask(data: Requested, options?: { signal?: AbortSignal }): Promise<number>;
  /** Fetches and decodes an output. */
  decoded(key: string): ReturnType<typeof decode>;
  keys(prefix: string): Promise<string[]>;
  /** What is left that should not be: scratch folders of runs, unfinished uploads of `keys`. */
  leftovers(keys: string[]): Promise<string[]>;
  scratchDir: string;
  close(): Promise<void>;
}

export interface BenchOptions {
  env?: NodeJS.ProcessEnv;
  minio?: MinioServer;
}

const bucket = 'media';

export async function startTranscodeBench({ env = {}, minio: shared }: BenchOptions = {}): Promise<TranscodeBench> {
  const folder = await mkdtemp(join(tmpdir(), 'gst-transcode-'));
  const scratchDir = join(folder, 'scratch');
  const minio = shared ?? (await startMinio({ buckets: [bucket] }));
  const broker = await startBrokerSink();
  const log: string[] = [];
  // a cluster that the shell knows has no part in this
  const { KUBECONFIG: _, KUBERNETES_SERVICE_HOST: __, ...inherited } = process.env;
  const running = await transcode.start(
    {
      ...inherited,
      K_SINK: broker.url,
      EVENT_KEY: eventKey,
      SCRATCH_DIR: scratchDir,
      MINIO_ACCESS_KEY: minio.accessKey,
      MINIO_SECRET_KEY: minio.secretKey,
      PROGRESS_INTERVAL: '0.1',
      ...env,
    },
    { log: pino({ level: 'debug' }, { write: (line: string) => void log.push(line) }) },
  );
  return {
    minio,
    broker,
    running,
    bucket,
    folder,
    log,
    scratchDir,
    async upload(key, content) {
      const bytes = typeof content === 'string' ? await readFile(content) : content;
      const { etag } = await minio.client.putObject(bucket, key, bytes, bytes.length);
      return { bucket, key, etag, size: bytes.length };
    },
    request: ({ sinks = { out: `${bucket}/out/${randomBytes(6).toString('hex')}.mp4` }, ...fields }) =>
      requestedData({ endpoint: minio.address, sinks, ...fields }),
    async ask(data, { signal } = {}) {
      const request = post(requestedEvent(data));
      const response = await running.app.fetch(signal ? new Request(request, { signal }) : request);
      if ((await response.text()) !== '') throw new Error('an answer to the Broker must have no body');
      return response.status;
    },
    async decoded(key) {
      const path = join(folder, `${randomBytes(6).toString('hex')}.fetched`);
      await minio.client.fGetObject(bucket, key, path);
      return decode(path);
    },
    async keys(prefix) {
      const objects = await collect<{ name?: string }>(minio.client.listObjectsV2(bucket, prefix, true));
      return objects.map(({ name = '' }) => name).sort();
    },
    async leftovers(keys) {
      const own = await readdir(scratchDir);
      const runs = await Promise.all(own.map((name) => readdir(join(scratchDir, name))));
      const uploads = await Promise.all(
        keys.map((key) => collect<{ key: string }>(minio.client.listIncompleteUploads(bucket, key, true))),
      );
      return [...runs.flat().filter((name) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(name)), ...uploads.flat().map(({ key }) => key)];
    },
    async close() {
      await running.close();
      await broker.close();
      if (!shared) await minio.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Writes `text` as a file in the folder, and gives its path. */
export async function textFile(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}
