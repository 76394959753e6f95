import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudEvent } from 'cloudevents';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobRecord } from '../../../functions/reconciler/jobs.ts';
import type { Positions } from '../../../functions/reconciler/sweep/position.ts';
import { sweep } from '../../../functions/reconciler/sweep/sweep.ts';
import { Fault } from '../../../lib/errors.ts';
import { readRequested } from '../../../lib/events/index.ts';
import type { Requested } from '../../../lib/events/types.ts';
import { createKubeClient, type KubeClient } from '../../../lib/kubernetes/index.ts';
import { createLog } from '../../../lib/runtime/index.ts';
import { createDirectoryStore, type ObjectStore } from '../../../lib/storage/index.ts';
import type { ResolvedTransform } from '../../../lib/transform/index.ts';
import { type FakeApiServer, startFakeApiServer } from '../../support/fake-api-server.ts';
import { resolved } from '../../support/transforms.ts';

const minute = 60_000;
const eventKey = 'key';
const cause = new CloudEvent<unknown>({ id: 'ping', source: '/sweep', type: 'dev.knative.sources.ping', data: {} });
const log = createLog({ name: 'test', level: 'silent', format: 'json' });

let folder: string;
let store: ObjectStore;
let server: FakeApiServer;
let client: KubeClient;
let now: Date;
let asked: Requested[];
let listed: number;
/** By key: the Transforms that an object came from. */
let chains: Map<string, string>;
let positions: Positions;
let jobs: JobRecord[];
/** What Kubernetes Jobs are there for. */
let atWork: Requested[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gst-sweep-'));
  store = createDirectoryStore(folder);
  server = await startFakeApiServer();
  client = await createKubeClient(server.load);
  now = new Date('2026-01-01T12:00:00Z');
  asked = [];
  listed = 0;
  chains = new Map();
  positions = {};
  jobs = [];
  atWork = [];
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** An object of that age, in minutes. */
async function object(key: string, age: number): Promise<void> {
  await store.put('media', key, Buffer.from(key), { contentType: 'video/mp4', metadata: {} });
  const time = new Date(now.getTime() - age * minute);
  await utimes(join(folder, 'media', key), time, time);
}

const mp4 = resolved({ name: 'mp4', namespace: 'team' });

async function round(
  transforms: ResolvedTransform[] = [mp4],
  limits: { keys?: number; looks?: number; madeAt?: number; broken?: boolean } = {},
): Promise<string[]> {
  const counting: ObjectStore = {
    ...store,
    async *list(...place) {
      for await (const one of store.list(...place)) {
        listed++;
        const chain = chains.get(one.key);
        yield chain === undefined ? one : { ...one, metadata: { 'gst-chain': chain } };
      }
    },
  };
  const before = asked.length;
  positions = await sweep(
    {
      client,
      store: async () => counting,
      async publish(event) {
        if (limits.broken) throw new Fault('PUBLISH_FAILED', { address: 'http://broker', cause: 'it is away' });
        asked.push(readRequested(event, eventKey));
      },
      eventKey,
      cause,
      jobs,
      atWork,
      madeAt: () => limits.madeAt ?? 0,
      positions,
      limits: {
        grace: 15 * minute,
        overlap: 10 * minute,
        silence: 90 * minute,
        keys: limits.keys ?? 1000,
        looks: limits.looks ?? 100,
      },
      log,
      now: () => now,
    },
    transforms,
  );
  return asked.slice(before).map(({ source }) => source.key);
}

/** The place is known, and all until that many minutes ago has been looked at. */
async function sweptUntil(minutes: number): Promise<void> {
  await round();
  for (const id of Object.keys(positions)) positions[id] = { since: new Date(now.getTime() - minutes * minute).toISOString() };
}

const later = (minutes: number) => {
  now = new Date(now.getTime() + minutes * minute);
};

/** The record of a request. */
function recorded({ job, transform, source, sinks }: Requested, status: JobRecord['status']): JobRecord {
  const { kind, name, namespace } = transform;
  return {
    metadata: { name: job, namespace, creationTimestamp: now.toISOString() },
    spec: {
      pipelineRef: { kind, name },
      src: { name: source.key, etag: source.etag, size: source.size, eventTime: source.eventTime },
      sinks: sinks.map(({ key }) => ({ name: key })),
    },
    status,
  };
}

describe('the sweep of objects', () => {
  it('asks for what nobody asked for: not for what is too new, too old, elsewhere or left out', async () => {
    await sweptUntil(30);
    await object('drop/lost.mkv', 20);
    await object('drop/in the overlap.mkv', 35);
    await object('drop/new.mkv', 5);
    await object('drop/old.mkv', 50);
    await object('other/a.mkv', 20);
    expect((await round()).sort()).toEqual(['drop/in the overlap.mkv', 'drop/lost.mkv']);
  });

  it('asks for nothing of before the Transform was made, and nothing for a suspended one', async () => {
    await sweptUntil(30);
    await object('drop/lost.mkv', 20);
    expect(await round([mp4], { madeAt: now.getTime() - 18 * minute })).toEqual([]);
    await sweptUntil(30);
    expect(await round([{ ...mp4, suspend: true }])).toEqual([]);
    await sweptUntil(30);
    expect(await round()).toEqual(['drop/lost.mkv']);
  });

  it('leaves alone what has a Job, whatever became of it, and what has an output', async () => {
    await sweptUntil(30);
    for (const key of ['a', 'b', 'c']) await object(`drop/${key}.mkv`, 20);
    await round();
    const [a, b, c] = asked.toSorted((x, y) => (x.source.key < y.source.key ? -1 : 1)) as [Requested, Requested, Requested];
    jobs = [recorded(a, { state: 'InProgress' }), recorded(b, { state: 'Failed' })];
    const output = c.sinks[0] as Requested['sinks'][number];
    await store.put(output.bucket, output.key, Buffer.from('x'), { contentType: 'video/mp4', metadata: { 'gst-job': c.job } });
    await sweptUntil(30);
    expect(await round()).toEqual([]);
    jobs = [];
    await sweptUntil(30);
    expect(await round()).toEqual(['drop/a.mkv', 'drop/b.mkv']);
  });

  it('makes a Job that is Pending of what it asks for, so that the next round leaves it, however long the queue is', async () => {
    await sweptUntil(30);
    await object('drop/a.mkv', 20);
    await round();
    const { job } = asked[0] as Requested;
    const record = server.get(`/apis/pipelines.gst.io/v1/namespaces/team/jobs/${job}`) as JobRecord;
    expect(record).toMatchObject({
      spec: { pipelineRef: { name: 'mp4' }, src: { name: 'drop/a.mkv' }, sinks: [{ name: 'mp4/a.mkv.mp4' }] },
      status: { state: 'Pending', conditions: [{ type: 'Pending', reason: 'Requested' }] },
    });
    record.metadata.creationTimestamp = now.toISOString();
    jobs = [record];
    await sweptUntil(30);
    later(89);
    expect(await round()).toEqual([]);
    later(1);
    // the Broker has lost it
    expect(await round()).toEqual(['drop/a.mkv']);
  });

  it('leaves no Job of what it could not ask for', async () => {
    await sweptUntil(30);
    await object('drop/a.mkv', 20);
    await expect(round([mp4], { broken: true })).rejects.toMatchObject({ code: 'PUBLISH_FAILED' });
    const written = server.requests.filter((request) => /^(POST|DELETE) .*\/jobs/.test(request));
    expect(written.map((request) => request.split(' ')[0])).toEqual(['POST', 'DELETE']);
    expect(await round()).toEqual(['drop/a.mkv']);
  });

  it('does not ask again for old work where the Transform has been changed since', async () => {
    await sweptUntil(30);
    await object('drop/a.mkv', 20);
    await round();
    jobs = [recorded(asked[0] as Requested, { state: 'Finished' })];
    await sweptUntil(30);
    const changed = resolved({ name: 'mp4', namespace: 'team', spec: { pipeline: { onMissingStream: 'fail' } } });
    expect(changed.work).not.toBe(mp4.work);
    expect(await round([changed])).toEqual([]);
  });

  it('looks at an object at rest for a while, and then never again, though its Job and its output are gone', async () => {
    await sweptUntil(30);
    await object('drop/bad.mkv', 20);
    expect(await round()).toEqual(['drop/bad.mkv']);
    jobs = [recorded(asked[0] as Requested, { state: 'Failed' })];
    for (let step = 0; step < 8; step++) {
      later(5);
      expect(await round()).toEqual([]);
    }
    jobs = [];
    for (let step = 0; step < 3; step++) {
      later(5);
      expect(await round()).toEqual([]);
    }
  });

  it('changes nothing that is kept while nothing comes', async () => {
    await sweptUntil(30);
    await object('drop/a.mkv', 20);
    await round();
    jobs = [recorded(asked[0] as Requested, { state: 'Finished' })];
    const before = structuredClone(positions);
    for (let step = 0; step < 12; step++) {
      later(5);
      await round();
      expect(positions).toEqual(before);
    }
  });

  it('passes over outputs of its own Transform', async () => {
    await sweptUntil(30);
    await object('drop/loop.mkv', 20);
    await object('drop/other.mkv', 20);
    chains.set('drop/loop.mkv', 'team/first,team/mp4').set('drop/other.mkv', 'team/first');
    expect(await round()).toEqual(['drop/other.mkv']);
  });

  it('goes on after an object that can never be asked for', async () => {
    const template = '{{ repeat 200 .SrcName }}.mp4';
    const long = resolved({ name: 'long', namespace: 'team', spec: { sink: { minio: { key: template } } } });
    await sweptUntil(30);
    await object('drop/a name of length.mkv', 20);
    await object('drop/b.mkv', 20);
    expect(await round([long])).toEqual(['drop/b.mkv']);
  });

  it('lists and asks no more in a round than it may, and goes on there in the next', async () => {
    await sweptUntil(30);
    for (let index = 0; index < 10; index++) await object(`drop/${index}.mkv`, 20);
    listed = 0;
    expect(await round([mp4], { looks: 4 })).toHaveLength(4);
    expect(await round([mp4], { keys: 3 })).toHaveLength(3);
    expect(listed).toBeLessThanOrEqual(5 + 4);
    expect(await round()).toHaveLength(3);
    expect(new Set(asked.map(({ source }) => source.key)).size).toBe(10);
    expect(Object.values(positions).every(({ rest }) => rest === undefined)).toBe(true);
  });
});

describe('the sweep of Jobs', () => {
  const jobPath = (name: string) => `/apis/pipelines.gst.io/v1/namespaces/team/jobs/${name}`;
  const due = async (minutes: number, transform = mp4): Promise<JobRecord> => {
    await sweptUntil(30);
    await object('drop/a.mkv', 20);
    await round([transform]);
    const request = asked.splice(0)[0] as Requested;
    const job = recorded(request, {
      state: 'Pending',
      nextRequestTime: new Date(now.getTime() - minutes * minute).toISOString(),
    });
    server.put(jobPath(job.metadata.name), job);
    const kept = server.get(jobPath(job.metadata.name)) as JobRecord;
    jobs = [structuredClone(kept)];
    return kept;
  };

  it('asks for those whose time has come, under the same job, and not again at once', async () => {
    const { metadata } = await due(1);
    expect(await round()).toEqual(['drop/a.mkv']);
    expect(asked.at(-1)?.job).toBe(metadata.name);
    jobs = [structuredClone(server.get(jobPath(metadata.name)) as JobRecord)];
    later(5);
    expect(await round()).toEqual([]);
  });

  it('leaves those alone whose time has not come', async () => {
    await due(-1);
    expect(await round()).toEqual([]);
  });

  it('asks for a Job in hand of which nothing was heard for longer than a request can live', async () => {
    const { metadata, status } = await due(1);
    const heard = (minutes: number) => new Date(now.getTime() - minutes * minute).toISOString();
    for (const [startTime, wanted] of [
      [heard(89), []],
      [heard(90), ['drop/a.mkv']],
    ] as const) {
      server.put(jobPath(metadata.name), {
        metadata,
        spec: jobs[0]?.spec,
        status: { ...status, state: 'InProgress', startTime, nextRequestTime: undefined },
      });
      jobs = [JSON.parse(JSON.stringify(server.get(jobPath(metadata.name))))];
      expect(await round()).toEqual(wanted);
    }
  });

  it('leaves a Job alone that a Kubernetes Job is there for, and its object, however long that takes', async () => {
    await due(1);
    await round();
    atWork = asked.splice(0);
    expect(atWork).toHaveLength(1);
    jobs = jobs.map((job) => ({ ...job, status: { state: 'InProgress', startTime: now.toISOString() } }));
    later(1000);
    expect(await round()).toEqual([]);
    jobs = [];
    await sweptUntil(1040);
    expect(await round()).toEqual([]);
    atWork = [];
    await sweptUntil(1040);
    expect(await round()).toEqual(['drop/a.mkv']);
  });

  it('asks for any Job that is annotated so, once', async () => {
    const { metadata } = await due(1);
    const annotations = { 'pipelines.gst.io/retry': '', other: 'kept' };
    server.put(jobPath(metadata.name), { ...jobs[0], metadata: { ...metadata, annotations }, status: { state: 'Failed' } });
    for (const wanted of [['drop/a.mkv'], []]) {
      jobs = [structuredClone(server.get(jobPath(metadata.name)) as JobRecord)];
      expect(await round()).toEqual(wanted);
    }
    expect(server.get(jobPath(metadata.name))).toMatchObject({
      metadata: { annotations: { other: 'kept' } },
      status: { state: 'Failed' },
    });
  });

  it('leaves it to whoever changed the Job meanwhile', async () => {
    const { metadata } = await due(1);
    server.put(jobPath(metadata.name), server.get(jobPath(metadata.name)));
    expect(await round()).toEqual([]);
  });

  it('asks for the new work where the Transform has been changed, and removes the old Job', async () => {
    const { metadata } = await due(1);
    const changed = resolved({ name: 'mp4', namespace: 'team', spec: { pipeline: { onMissingStream: 'fail' } } });
    expect(await round([changed])).toEqual(['drop/a.mkv']);
    expect(asked.at(-1)?.job).not.toBe(metadata.name);
    expect(server.get(jobPath(metadata.name))).toBeUndefined();
  });
});
