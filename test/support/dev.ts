/** `gst-functions dev` in a test: with Transforms of its own, what it tells of each object, and what it leaves behind. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudEvent } from 'cloudevents';
import { Client } from 'minio';
import { stringify } from 'yaml';
import type { DeliveryReport } from '../../cli/dev/broker/index.ts';
import { type Dev, startDev } from '../../cli/dev/dev.ts';
import { type Requested, typePrefix } from '../../lib/events/types.ts';
import type { Element } from '../../lib/graph/model.ts';
import { keptLog } from './functions.ts';
import { until } from './until.ts';

export interface TestTransform {
  name: string;
  bucket: string;
  prefix: string;
  sink: { bucket?: string; key: string };
  elements: Element[];
  execution?: 'service' | 'job';
}

export interface DevBench {
  dev: Dev;
  client: Client;
  folder: string;
  /** Where its Transforms are. */
  transforms: string;
  events: CloudEvent<unknown>[];
  deliveries: DeliveryReport[];
  /** Lines of all functions. */
  lines: string[];
  /** Events of the job of this source, or of all of them, by their kind. */
  of(kind: string, sourceKey?: string): CloudEvent<unknown>[];
  /** Waits for the end of the job of a source: the kind of its last event, and the event. */
  end(sourceKey: string, count?: number): Promise<{ kind: string; event: CloudEvent<unknown> }>;
  /** Waits until nothing is under way. */
  quiet(): Promise<void>;
  /** Files of runs that are still in scratch. */
  scratch(): Promise<string[]>;
  close(): Promise<void>;
}

/** For what happens to an object. */
export const jobTimeout = 240_000; // ms, behind all others that were uploaded at the same time, on a machine that does other things too
const ends = ['succeeded', 'failed', 'skipped'];
/** The address for which the Transforms were written. */
const documented = '127.0.0.1:9000';

export interface DevBenchOptions {
  workers?: number;
  /** Further settings of the functions. */
  env?: NodeJS.ProcessEnv;
}

export async function startDevBench(transforms: TestTransform[], options: DevBenchOptions = {}): Promise<DevBench> {
  const folder = await mkdtemp(join(tmpdir(), 'gst-dev-test-'));
  const folderOfTransforms = join(folder, 'transforms');
  await mkdir(folderOfTransforms);
  for (const transform of transforms) await writeTransform(folderOfTransforms, transform);
  const lines: string[] = [];
  const dev = await startDev({
    transforms: folderOfTransforms,
    aliases: [documented],
    workers: options.workers ?? 2,
    env: options.env,
    backoffScale: 0.01,
    log: keptLog().log,
    onLine: (label, line) => lines.push(`${label} ${line}`),
  });
  const events: CloudEvent<unknown>[] = [];
  const deliveries: DeliveryReport[] = [];
  dev.broker.onEvent((event) => events.push(event));
  dev.broker.onDelivery((report) => deliveries.push(report));
  const { port, accessKey, secretKey } = dev.minio;
  const client = new Client({ endPoint: '127.0.0.1', port, useSSL: false, accessKey, secretKey, region: 'us-east-1' });

  const jobsOf = (sourceKey?: string) =>
    new Set(
      events
        .filter(
          ({ type, data }) => type === `${typePrefix}requested` && (!sourceKey || (data as Requested).source.key === sourceKey),
        )
        .map(({ subject }) => subject),
    );
  const of = (kind: string, sourceKey?: string) => {
    const jobs = jobsOf(sourceKey);
    return events.filter(({ type, subject }) => type === typePrefix + kind && jobs.has(subject));
  };
  return {
    dev,
    client,
    folder,
    transforms: folderOfTransforms,
    events,
    deliveries,
    lines,
    of,
    async end(sourceKey, count = 1) {
      const all = () => ends.flatMap((kind) => of(kind, sourceKey).map((event) => ({ kind, event })));
      await until(() => all().length >= count, jobTimeout).catch((error: Error) => {
        const seen = events.filter(({ subject }) => subject === encodeURIComponent(sourceKey) || jobsOf(sourceKey).has(subject));
        const told = seen.map(({ type, time }) => `${time} ${type}`).join('\n');
        throw new Error(
          `${sourceKey}: ${error.message}; ${dev.broker.inHand('transcode')} before or in transcode; its events:\n${told}`,
        );
      });
      const last = all().at(-1);
      if (!last) throw new Error(`${sourceKey} has not ended`);
      return last;
    },
    quiet: () => until(() => dev.broker.inHand() === 0, jobTimeout),
    async scratch() {
      // each process has a folder, each run one below it
      const found = await readdir(dev.place.scratchDir, { recursive: true });
      return found.filter((path) => path.split('/').length > 2);
    },
    async close() {
      await dev.close(0);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function writeTransform(
  folder: string,
  { name, bucket, prefix, sink, elements, execution }: TestTransform,
): Promise<void> {
  const resource = {
    apiVersion: 'pipelines.gst.io/v1',
    kind: 'Transform',
    metadata: { name },
    spec: {
      globals: { minio: { endpoint: documented, insecureNoTLS: true, bucket, credentialsSecret: { name: 'minio' } } },
      src: { minio: { key: prefix } },
      sink: { minio: { ...(sink.bucket && { bucket: sink.bucket }), key: sink.key } },
      pipeline: { elements },
      ...(execution && { execution }),
    },
  };
  await writeFile(join(folder, `${name}.yaml`), stringify(resource));
}

/** Names of every version of every object. */
export async function versionsIn(client: Client, bucket: string): Promise<string[]> {
  const names: string[] = [];
  for await (const item of client.listObjects(bucket, '', true, { IncludeVersion: true })) names.push(item.name);
  return names;
}
