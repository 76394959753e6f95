/** The sweep over a bucket that is a folder, a small API server, and a clock that stands still. */
import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudEvent } from 'cloudevents';
import type { JobRecord } from '../../../functions/reconciler/jobs.ts';
import type { Positions } from '../../../functions/reconciler/sweep/position.ts';
import { sweep } from '../../../functions/reconciler/sweep/sweep.ts';
import { Fault } from '../../../lib/errors.ts';
import { type Result, readRequested, readResult } from '../../../lib/events/index.ts';
import type { Requested } from '../../../lib/events/types.ts';
import { requestedRecord } from '../../../lib/jobs/index.ts';
import { createKubeClient, resources } from '../../../lib/kubernetes/index.ts';
import { createLog } from '../../../lib/runtime/index.ts';
import { createDirectoryStore, type ObjectStore } from '../../../lib/storage/index.ts';
import type { ResolvedTransform } from '../../../lib/transform/index.ts';
import { type FakeApiServer, startFakeApiServer } from '../../support/fake-api-server.ts';
import { resolved } from '../../support/transforms.ts';

export const minute = 60_000;
const eventKey = 'key';
const cause = new CloudEvent<unknown>({ id: 'ping', source: '/sweep', type: 'dev.knative.sources.ping', data: {} });
const log = createLog({ name: 'test', level: 'silent', format: 'json' });

export const mp4 = resolved({ name: 'mp4', namespace: 'team' });

/** Where the API server has a record. */
export const jobPath = (job: JobRecord | undefined): string =>
  `/apis/pipelines.gst.io/v1/namespaces/team/jobs/${job?.metadata.name}`;

export interface RoundOptions {
  keys?: number;
  looks?: number;
  madeAt?: number;
  /** The Broker takes nothing. */
  broken?: boolean;
}

export interface SweepBench {
  server: FakeApiServer;
  store: ObjectStore;
  now: Date;
  /** Every request so far. */
  asked: Requested[];
  /** Every result so far. */
  told: Result[];
  /** Keys that were listed so far. */
  listed: number;
  /** By key: the Transforms that an object came from. */
  chains: Map<string, string>;
  positions: Positions;
  /** The records, as the next round finds them. */
  jobs: JobRecord[];
  /** What Kubernetes Jobs are there for. */
  atWork: Requested[];
  /** Makes an object of that age, in minutes. */
  object(key: string, age: number): Promise<void>;
  /** @returns keys that were asked for */
  round(transforms?: ResolvedTransform[], options?: RoundOptions): Promise<string[]>;
  /** The place is known, and all until that many minutes ago has been looked at. */
  sweptUntil(minutes: number): Promise<void>;
  later(minutes: number): void;
  /** The record of a request, made now. */
  recorded(request: Requested, status?: JobRecord['status']): JobRecord;
  /** The API server has this record from now on, and the next round finds it. */
  keep(record: JobRecord): Promise<void>;
  /** The next round finds the records as they are by now. */
  look(): Promise<void>;
  close(): Promise<void>;
}

export async function startSweepBench(): Promise<SweepBench> {
  const folder = await mkdtemp(join(tmpdir(), 'gst-sweep-'));
  const store = createDirectoryStore(folder);
  const server = await startFakeApiServer();
  const client = await createKubeClient(server.load);
  const counting: ObjectStore = {
    ...store,
    async *list(...place) {
      for await (const one of store.list(...place)) {
        bench.listed++;
        const chain = bench.chains.get(one.key);
        yield chain === undefined ? one : { ...one, metadata: { 'gst-chain': chain } };
      }
    },
  };
  const bench: SweepBench = {
    server,
    store,
    now: new Date('2026-01-01T12:00:00Z'),
    asked: [],
    told: [],
    listed: 0,
    chains: new Map(),
    positions: {},
    jobs: [],
    atWork: [],
    async object(key, age) {
      await store.put('media', key, Buffer.from(key), { contentType: 'video/mp4', metadata: {} });
      const time = new Date(bench.now.getTime() - age * minute);
      await utimes(join(folder, 'media', key), time, time);
    },
    async round(transforms = [mp4], { keys = 1000, looks = 100, madeAt = 0, broken = false } = {}) {
      const { asked, now, jobs, atWork, positions } = bench;
      const before = asked.length;
      bench.positions = await sweep(
        {
          client,
          store: async () => counting,
          async publish(event) {
            if (broken) throw new Fault('PUBLISH_FAILED', { address: 'http://broker', cause: 'it is away' });
            const result = readResult(event);
            if (result) bench.told.push(result);
            else asked.push(readRequested(event, eventKey));
          },
          eventKey,
          cause,
          jobs,
          atWork,
          madeAt: () => madeAt,
          positions,
          limits: { grace: 15 * minute, overlap: 10 * minute, silence: 90 * minute, keys, looks },
          log,
          now: () => now,
        },
        transforms,
      );
      return asked.slice(before).map(({ source }) => source.key);
    },
    async sweptUntil(minutes) {
      await bench.round();
      const since = new Date(bench.now.getTime() - minutes * minute).toISOString();
      for (const id of Object.keys(bench.positions)) bench.positions[id] = { since };
    },
    later(minutes) {
      bench.now = new Date(bench.now.getTime() + minutes * minute);
    },
    recorded(request, status) {
      const record = requestedRecord(request);
      return {
        ...record,
        metadata: { ...record.metadata, creationTimestamp: bench.now.toISOString() },
        status: status ?? record.status,
      };
    },
    async keep(record) {
      server.put(jobPath(record), record);
      await bench.look();
    },
    async look() {
      bench.jobs = await client.list<JobRecord>(resources.jobs);
    },
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return bench;
}
