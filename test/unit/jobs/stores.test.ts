import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  applyResult,
  createFileJobStore,
  createKubernetesJobStore,
  type JobRecord,
  type JobStore,
  jobLabels,
  labelValue,
  requestedRecord,
} from '../../../lib/jobs/index.ts';
import { createKubeClient, type KubeClient } from '../../../lib/kubernetes/index.ts';
import { type FakeApiServer, startFakeApiServer } from '../../support/fake-api-server.ts';
import { request, result, runAt } from '../../support/results.ts';

const { job } = request;
const [namespace, path] = ['default', `/apis/pipelines.gst.io/v1/namespaces/default/jobs/${job}`];
const run = runAt(0);
const begun = result('started', { run, seq: 0 });
const done = result('succeeded', { run, seq: 9 });
const steps = [begun, ...Array.from({ length: 7 }, (_, n) => result('progress', { run, seq: n + 1 })), done];
const record = (store: JobStore, step: typeof begun) => store.update(namespace, job, (known) => applyResult(known, step));

interface Place {
  store: JobStore;
  /** A second writer, that knows nothing of the first. */
  other: JobStore;
}

describe.each(['files', 'the cluster'])('records in %s', (where) => {
  let folder: string;
  let server: FakeApiServer;
  let client: KubeClient;
  let place: Place;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gst-jobs-'));
    server = await startFakeApiServer();
    client = await createKubeClient(server.load);
    const kubernetes = () => createKubernetesJobStore(client);
    const files = where === 'files' ? await createFileJobStore(folder) : undefined;
    place = files ? { store: files, other: files } : { store: kubernetes(), other: kubernetes() };
  });
  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  it('are made, read, changed, listed and removed', async () => {
    const { store } = place;
    expect(await store.get(namespace, job)).toBeUndefined();
    expect(await record(store, begun)).toMatchObject({ before: undefined, after: { status: { state: 'InProgress' } } });
    await record(store, done);
    expect(await store.get(namespace, job)).toMatchObject({
      apiVersion: 'pipelines.gst.io/v1',
      kind: 'Job',
      metadata: { name: job, namespace, labels: { [jobLabels.pipeline]: 'test' } },
      spec: { sinks: [{ etag: 'o1' }] },
      status: { state: 'Finished', run },
    });
    expect((await store.list()).map(({ metadata }) => metadata.name)).toEqual([job]);
    expect(await store.list({ namespace: 'another' })).toEqual([]);
    expect(await store.list({ labels: { [jobLabels.object]: labelValue('drop/a b.mkv') } })).toHaveLength(1);
    expect(await store.list({ labels: { [jobLabels.object]: 'other' } })).toEqual([]);
    expect([await store.remove(namespace, job), await store.remove(namespace, job)]).toEqual([true, false]);
    expect(await store.list()).toEqual([]);
  });

  it('of what was asked for are made once, and never instead of what is known', async () => {
    const { store, other } = place;
    const made = await Promise.all([store, other, store].map((one) => one.create(requestedRecord(request))));
    expect(made.toSorted()).toEqual([false, false, true]);
    expect(await store.get(namespace, job)).toMatchObject(requestedRecord(request));
    expect(await record(store, begun)).toMatchObject({
      before: { status: { state: 'Pending' } },
      after: { status: { runs: 1 } },
    });
    const before = await store.get(namespace, job);
    expect(await store.create(requestedRecord(request))).toBe(false);
    expect(await store.get(namespace, job)).toEqual(before);
  });

  it('lose fields that are no longer so', async () => {
    await record(place.store, result('failed', { run, seq: 1 }));
    await record(place.store, result('started', { run: runAt(1), seq: 0 }));
    const { status } = (await place.store.get(namespace, job)) as JobRecord;
    expect(status).toMatchObject({ state: 'InProgress', runs: 2 });
    for (const field of ['error', 'completionTime', 'seconds']) expect(status).not.toHaveProperty(field);
  });

  it('are not written where nothing changes', async () => {
    const { store } = place;
    await record(store, done);
    const before = await store.get(namespace, job);
    const { before: was, after } = await record(store, begun);
    expect(after).toBe(was);
    expect(await store.get(namespace, job)).toEqual(before);
    expect(await store.update(namespace, 'nobody', () => undefined)).toEqual({ before: undefined, after: undefined });
  });

  it('come out the same when several write at once', async () => {
    const mixed = steps.toSorted((a, b) => (a.seq % 3) - (b.seq % 3) || b.seq - a.seq);
    await Promise.all(mixed.map((step, at) => record(at % 2 ? place.store : place.other, step)));
    const { status, spec } = (await place.store.get(namespace, job)) as JobRecord;
    expect({ status, spec }).toMatchObject({
      status: { state: 'Finished', seq: 9, runs: 1, history: [{ run }], progress: { percent: 100 } },
      spec: { sinks: [{ etag: 'o1' }] },
    });
  });
});

describe('records in files', () => {
  let folder: string;
  let store: JobStore;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gst-jobs-'));
    store = await createFileJobStore(join(folder, 'made', 'when', 'needed'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are one file each, and leave no draft behind', async () => {
    await Promise.all(steps.map((step) => record(store, step)));
    expect(await readdir(join(folder, 'made/when/needed', namespace))).toEqual([`${job}.json`]);
  });

  it.each([
    ['../up', 'a'],
    ['default', '../../up'],
    ['default', 'a/b'],
    ['', 'a'],
    ['default', '.hidden'],
  ])('never lead out of their folder: %j, %j', async (space, name) => {
    await expect(store.update(space, name, () => ({}) as JobRecord)).rejects.toMatchObject({ code: 'EVENT_MALFORMED' });
    await expect(store.get(space, name)).rejects.toMatchObject({ code: 'EVENT_MALFORMED' });
  });

  it('that cannot be read count as none, and are made anew', async () => {
    await mkdir(join(folder, 'made/when/needed', namespace));
    await writeFile(join(folder, 'made/when/needed', namespace, `${job}.json`), '{"metadata":');
    expect(await store.get(namespace, job)).toBeUndefined();
    expect(await store.list()).toEqual([]);
    await record(store, done);
    expect(await store.get(namespace, job)).toMatchObject({ status: { state: 'Finished' } });
  });

  it('are listed newest first, as many as are asked for', async () => {
    let second = 0;
    const dated = await createFileJobStore(folder, () => new Date(Date.UTC(2026, 0, 1, 0, 0, second++)));
    for (const name of ['a', 'b', 'c', 'd']) {
      const made = { metadata: { name, namespace }, spec: applyResult(undefined, done).spec };
      await dated.update(namespace, name, () => made);
    }
    expect((await dated.list()).map(({ metadata }) => metadata.name)).toEqual(['d', 'c', 'b', 'a']);
    expect((await dated.list({ limit: 2 })).map(({ metadata }) => metadata.name)).toEqual(['d', 'c']);
  });
});

describe('records in the cluster', () => {
  let server: FakeApiServer;
  let store: JobStore;
  beforeEach(async () => {
    server = await startFakeApiServer();
    store = createKubernetesJobStore(await createKubeClient(server.load));
  });
  afterEach(() => server.close());

  it('are written anew when someone else was first', async () => {
    await record(store, begun);
    server.fail(/PATCH .*\/status/, 409, 3);
    const { after } = await record(store, result('progress', { run, seq: 1 }));
    expect(after?.status?.seq).toBe(1);
    expect(server.get(path).status).toMatchObject({ seq: 1, progress: { percent: 20 } });
  });

  it('are told as unchanged to whoever only found the change of another writer', async () => {
    await record(store, begun);
    const [one, other] = await Promise.all([record(store, done), record(store, done)]);
    expect([one, other].map(({ before, after }) => before !== after).toSorted()).toEqual([false, true]);
  });

  it('that are removed while they are changed are made anew', async () => {
    await record(store, begun);
    let removed = false;
    const { after } = await store.update(namespace, job, (known) => {
      if (!removed) server.delete(path);
      removed = true;
      return applyResult(known, done);
    });
    expect([after?.status?.state, server.get(path).status.state]).toEqual(['Finished', 'Finished']);
  });

  it('cost one reading where nothing changes, and one writing more where something does', async () => {
    await record(store, begun);
    server.requests.length = 0;
    await record(store, begun);
    expect(server.requests).toEqual([`GET ${path}`]);
    await record(store, result('progress', { run, seq: 1 }));
    expect(server.requests.slice(1)).toEqual([`GET ${path}`, `PATCH ${path}/status`]);
  });

  it('of what was asked for cost one request, for the status comes from the CRD', async () => {
    server.requests.length = 0;
    await store.create(requestedRecord(request));
    expect(server.requests).toEqual([`POST ${path.slice(0, path.lastIndexOf('/'))}`]);
    const crd = parse(readFileSync(new URL('../../../knative/crds/jobs.yaml', import.meta.url), 'utf8'));
    const { status } = crd.spec.versions[0].schema.openAPIV3Schema.properties;
    expect(status.default).toEqual(requestedRecord(request).status);
    expect(server.get(path).status).toEqual(status.default);
  });

  it('give up with a fault that brings the event back, when there is no end to it', async () => {
    await record(store, begun);
    server.fail(/PATCH/, 409, 1_000);
    await expect(record(store, done)).rejects.toMatchObject({ code: 'KUBERNETES_FAILED', class: 'transient' });
  });

  it('keep what others wrote into them', async () => {
    await record(store, begun);
    const object = server.get(path);
    server.put(path, {
      ...object,
      metadata: { ...object.metadata, annotations: { mine: 'yes' }, labels: { ...object.metadata.labels, mine: 'yes' } },
    });
    await record(store, done);
    expect(server.get(path)).toMatchObject({
      metadata: { annotations: { mine: 'yes' }, labels: { mine: 'yes' } },
      status: { state: 'Finished' },
    });
  });
});

describe('the value of a label', () => {
  const cases: Array<[text: string, plain: boolean]> = [
    ['a.mkv', true],
    ['', true],
    ['a'.repeat(63), true],
    ['a'.repeat(64), false],
    ['drop/a.mkv', false],
    ['ünï', false],
    ['-a', false],
    ['a.', false],
  ];
  it.each(cases)('for %j is one that Kubernetes takes', (text, plain) => {
    const value = labelValue(text);
    expect(value).toMatch(/^(?=.{0,63}$)(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/);
    expect(value === text).toBe(plain);
    expect(labelValue(text)).toBe(value);
  });
});
