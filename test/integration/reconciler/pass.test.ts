import { CloudEvent } from 'cloudevents';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { backfillAnnotation, foundAnnotation, retryAnnotation } from '../../../functions/reconciler/annotations.ts';
import { type PassDeps, pass } from '../../../functions/reconciler/pass.ts';
import { createStateStore } from '../../../functions/reconciler/state.ts';
import { Fault } from '../../../lib/errors.ts';
import { readRequested } from '../../../lib/events/index.ts';
import type { Requested } from '../../../lib/events/types.ts';
import { requestedRecord } from '../../../lib/jobs/index.ts';
import { createKubeClient, createSecretReader } from '../../../lib/kubernetes/index.ts';
import { createLog } from '../../../lib/runtime/index.ts';
import { createStoreCache, type StoreCache } from '../../../lib/storage/index.ts';
import { type FakeApiServer, startFakeApiServer } from '../../support/fake-api-server.ts';
import { type MinioServer, startMinio } from '../../support/minio.ts';
import { transformOf, type Written } from '../../support/transforms.ts';

const minute = 60_000;
const cause = new CloudEvent<unknown>({ id: 'ping', source: '/sweep', type: 'dev.knative.sources.ping', data: {} });
const pipelines = '/apis/pipelines.gst.io/v1/namespaces';

let minio: MinioServer;
let server: FakeApiServer;
let stores: StoreCache;
let deps: PassDeps;
let now: number;
let asked: Requested[];
let bucket: string;
let count = 0;

beforeAll(async () => {
  minio = await startMinio({ webhook: { endpoint: 'http://127.0.0.1:9/', token: 'token' } });
});
afterAll(() => minio?.stop());

beforeEach(async () => {
  bucket = `pass-${count++}`;
  await minio.client.makeBucket(bucket);
  server = await startFakeApiServer();
  const client = await createKubeClient(server.load);
  const secrets = createSecretReader(client, { keep: 0 });
  stores = createStoreCache({
    credentials: ({ credentialsSecret }, namespace) => secrets.credentials(namespace, credentialsSecret),
  });
  asked = [];
  now = Date.now();
  deps = {
    client,
    store: stores.store,
    publish: async (event) => void asked.push(readRequested(event, 'key')),
    eventKey: 'key',
    checking: () => ({}),
    systemNamespace: 'gst-functions',
    arn: minio.arn,
    keepRunners: 0,
    retention: { finished: 60 * minute, failed: 60 * minute, most: 10 },
    limits: { grace: 15 * minute, overlap: 10 * minute, silence: 90 * minute, keys: 1000, looks: 100 },
    state: createStateStore(client, 'gst-functions'),
    log: createLog({ name: 'test', level: 'silent', format: 'json' }),
    now: () => new Date(now),
  };
  secret('team');
});
afterEach(async () => {
  stores.close();
  await server.close();
});

function secret(namespace: string, keys: { accessKey: string; secretKey: string } = minio): void {
  const encode = (text: string) => Buffer.from(text).toString('base64');
  server.put(`/api/v1/namespaces/${namespace}/secrets/minio-credentials`, {
    metadata: { name: 'minio-credentials', namespace },
    data: { 'access-key-id': encode(keys.accessKey), 'secret-access-key': encode(keys.secretKey) },
  });
}

const pathOf = ({ kind = 'Transform', namespace = 'team', name = 'sample' }: Written) =>
  `${pipelines}/${namespace}/${kind.toLowerCase()}s/${name}`;

function put(written: Written): void {
  const object = transformOf({ namespace: 'team', ...written });
  const spec = object.spec as { globals: { minio: object } };
  Object.assign(spec.globals.minio, { endpoint: minio.endpoint, bucket });
  const metadata = {
    ...(object.metadata as object),
    generation: 1,
    creationTimestamp: new Date(now - 60 * minute).toISOString(),
  };
  server.put(pathOf(written), { ...object, metadata });
}

const conditions = (written: Written = {}) =>
  Object.fromEntries(
    (server.get(pathOf(written)).status?.conditions ?? []).map(
      (one: { type: string; status: string; reason: string; message: string }) => [one.type, one],
    ),
  );

async function watched(): Promise<string[]> {
  const { QueueConfiguration } = (await minio.client.getBucketNotification(bucket)) as unknown as {
    QueueConfiguration: Array<{ Queue: string; Filter: Array<{ Name: string; Value: string }> }>;
  };
  return QueueConfiguration.filter(({ Queue }) => Queue === minio.arn)
    .map(({ Filter }) => Filter[0]?.Value ?? '')
    .sort();
}

const writes = () => server.requests.filter((request) => !request.startsWith('GET'));

describe('one pass', () => {
  it('tells of every Transform whether it is right, and MinIO of every prefix', async () => {
    put({});
    put({
      kind: 'SplitTransform',
      name: 'split',
      spec: {
        src: { minio: { key: 'split/' } },
        video: { minio: { key: 'v/{{ .SrcName }}.mp4' } },
        pipeline: { elements: [{ name: 'decodebin' }, { linkto: 'video-out' }] },
      },
    });
    put({ name: 'broken', spec: { src: { minio: { key: 'broken/', include: '(' } } } });
    await pass(deps, { sweep: false });
    expect(conditions()).toMatchObject({ Ready: { status: 'True' }, Notifications: { status: 'True', reason: 'Set' } });
    expect(conditions({ kind: 'SplitTransform', name: 'split' })).toMatchObject({ Ready: { status: 'True' } });
    expect(conditions({ name: 'broken' })).toEqual({ Ready: expect.objectContaining({ status: 'False', reason: 'Invalid' }) });
    expect(await watched()).toEqual(['drop/', 'split/']);
  });

  it('writes nothing when all is as it should be', async () => {
    put({});
    await pass(deps, { cause, sweep: true });
    const before = writes().length;
    expect(before).toBeGreaterThan(0);
    for (let round = 0; round < 3; round++) {
      now += 5 * minute;
      await pass(deps, { cause, sweep: true });
    }
    expect(writes()).toHaveLength(before);
  });

  it('takes its rules away when the last Transform of a bucket goes, and not before', async () => {
    put({});
    put({ name: 'other', spec: { src: { minio: { key: 'other/' } } } });
    await pass(deps, { sweep: false });
    server.delete(pathOf({ name: 'other' }));
    await pass(deps, { sweep: false });
    expect(await watched()).toEqual(['drop/']);
    server.delete(pathOf({}));
    await pass(deps, { sweep: false });
    expect(await watched()).toEqual([]);
  });

  it('does not forget a bucket whose server was away for a while', async () => {
    put({});
    await pass(deps, { sweep: false });
    const away = async () => {
      throw new Fault('STORAGE_UNREACHED', { address: minio.endpoint, cause: 'it is away' });
    };
    await pass({ ...deps, store: away }, { sweep: false });
    expect(conditions().Notifications).toMatchObject({ status: 'Unknown' });
    server.delete(pathOf({}));
    await pass({ ...deps, store: away }, { sweep: false });
    await pass(deps, { sweep: false });
    expect(await watched()).toEqual([]);
  });

  it('sets the rules of all by whoever may, and tells those who have no usable Secret', async () => {
    put({ namespace: 'poor', spec: { src: { minio: { key: 'poor/' } } } });
    await pass(deps, { sweep: false });
    expect(await watched()).toEqual([]);
    put({});
    await pass(deps, { sweep: false });
    expect(await watched()).toEqual(['drop/', 'poor/']);
    expect(conditions()).toMatchObject({ Notifications: { status: 'True' } });
    expect(conditions({ namespace: 'poor' })).toMatchObject({
      Ready: { status: 'True' },
      Notifications: { status: 'False', reason: 'CredentialsMissing' },
    });
  });

  it('gives the line that an administrator needs where MinIO does not know the target', async () => {
    put({});
    await pass({ ...deps, arn: 'arn:minio:sqs::NOBODY:webhook' }, { sweep: false });
    const { Notifications } = conditions();
    expect(Notifications.status).toBe('False');
    expect(Notifications.message).toContain(
      `mc event add ALIAS/${bucket} arn:minio:sqs::NOBODY:webhook --event put --prefix 'drop/'`,
    );
  });

  it('asks for what nobody asked for in a real bucket, once, and not for what went round already', async () => {
    put({});
    await pass(deps, { cause, sweep: true });
    await minio.client.putObject(bucket, 'drop/a b+c.mkv', Buffer.from('film'));
    await minio.client.putObject(bucket, 'drop/round.mkv', Buffer.from('film'), 4, { 'x-amz-meta-gst-chain': 'team/sample' });
    now += 20 * minute;
    await pass(deps, { cause, sweep: true });
    expect(asked.map(({ source }) => source.key)).toEqual(['drop/a b+c.mkv']);
    const [request] = asked as [Requested];
    const stat = await minio.client.statObject(bucket, 'drop/a b+c.mkv');
    expect(request.source).toMatchObject({ etag: stat.etag, size: 4 });
    const output = request.sinks[0] as Requested['sinks'][number];
    await minio.client.putObject(output.bucket, output.key, Buffer.from('done'), 4, { 'x-amz-meta-gst-job': request.job });
    await pass(deps, { cause, sweep: true });
    expect(asked).toHaveLength(1);
  });

  it('asks for all that a Transform would have taken where that is wanted, in rounds, and takes the wish off at the end', async () => {
    put({ spec: { suspend: true } });
    for (const key of ['drop/a.mkv', 'drop/b.mkv', 'drop/c.mkv', 'else/d.mkv'])
      await minio.client.putObject(bucket, key, Buffer.from(key));
    const path = pathOf({});
    server.put(path, {
      ...server.get(path),
      metadata: { ...server.get(path).metadata, annotations: { [backfillAnnotation]: '' } },
    });
    const slow = { ...deps, limits: { ...deps.limits, looks: 2 } };
    await pass(slow, { cause, sweep: false });
    expect(asked).toHaveLength(2);
    expect(server.get(path).metadata.annotations).toHaveProperty([backfillAnnotation]);
    await pass(slow, { cause, sweep: false });
    expect(asked.map(({ source }) => source.key)).toEqual(['drop/a.mkv', 'drop/b.mkv', 'drop/c.mkv']);
    expect(server.get(path).metadata.annotations).toEqual({});
    await pass(slow, { cause, sweep: false });
    expect(asked).toHaveLength(3);
  });

  it('keeps no more of a backfill in hand than one round may ask for', async () => {
    put({});
    for (const key of ['drop/a.mkv', 'drop/b.mkv', 'drop/c.mkv']) await minio.client.putObject(bucket, key, Buffer.from(key));
    const path = pathOf({});
    const { metadata } = server.get(path);
    server.put(path, { ...server.get(path), metadata: { ...metadata, annotations: { [backfillAnnotation]: '' } } });
    const slow = { ...deps, limits: { ...deps.limits, looks: 2 } };
    const keys = () => asked.map(({ source }) => source.key);
    const record = (request: Requested, state: 'Pending' | 'Finished') => {
      const job = { ...requestedRecord(request), status: { state } };
      server.put(`${pipelines}/team/jobs/${request.job}`, job);
    };
    await pass(slow, { cause, sweep: false });
    for (const request of asked) record(request, 'Pending');
    await pass(slow, { cause, sweep: false });
    expect(keys()).toEqual(['drop/a.mkv', 'drop/b.mkv']);
    expect(server.get(path).metadata.annotations).toHaveProperty([backfillAnnotation]);
    record(asked[0] as Requested, 'Finished');
    await pass(slow, { cause, sweep: false });
    expect(keys()).toEqual(['drop/a.mkv', 'drop/b.mkv', 'drop/c.mkv']);
  });

  it('only tells for what it would ask where that is wanted, as far as one round goes', async () => {
    put({});
    for (const key of ['drop/a.mkv', 'drop/b.mkv', 'drop/c.mkv']) await minio.client.putObject(bucket, key, Buffer.from(key));
    const path = pathOf({});
    const dryRun = async (looks: number) => {
      const { metadata } = server.get(path);
      server.put(path, { ...server.get(path), metadata: { ...metadata, annotations: { [backfillAnnotation]: 'dry-run' } } });
      await pass({ ...deps, limits: { ...deps.limits, looks } }, { cause, sweep: false });
      expect(Object.keys(server.get(path).metadata.annotations)).toEqual([foundAnnotation]);
      return JSON.parse(server.get(path).metadata.annotations[foundAnnotation]);
    };
    const keys = ['drop/a.mkv', 'drop/b.mkv', 'drop/c.mkv'];
    expect(await dryRun(3)).toEqual({ objects: 3, more: false, keys });
    expect(await dryRun(2)).toEqual({ objects: 2, more: true, keys: keys.slice(0, 2) });
    expect(asked).toEqual([]);
  });

  it('leaves a newer wish where one was fulfilled', async () => {
    put({});
    await minio.client.putObject(bucket, 'drop/a.mkv', Buffer.from('a'));
    const path = pathOf({});
    const wish = (value: string) => {
      const { metadata } = server.get(path);
      server.put(path, { ...server.get(path), metadata: { ...metadata, annotations: { [backfillAnnotation]: value } } });
    };
    wish('dry-run');
    const meanwhile: PassDeps = {
      ...deps,
      arn: undefined, // so that the storage is asked for the backfill alone
      async store(...place) {
        wish('all of it');
        return deps.store(...place);
      },
    };
    await pass(meanwhile, { cause, sweep: false });
    expect(server.get(path).metadata.annotations).toEqual({ [backfillAnnotation]: 'all of it' });
    await pass(deps, { cause, sweep: false });
    expect(asked.map(({ source }) => source.key)).toEqual(['drop/a.mkv']);
    expect(server.get(path).metadata.annotations).toEqual({});
  });

  it('asks for nothing while it cannot be told which Kubernetes Jobs are at work', async () => {
    put({});
    await pass(deps, { cause, sweep: true });
    await minio.client.putObject(bucket, 'drop/a.mkv', Buffer.from('a'));
    now += 20 * minute;
    server.fail(/GET \/apis\/batch/, 403);
    await expect(pass(deps, { cause, sweep: true })).rejects.toMatchObject({ code: 'KUBERNETES_FAILED' });
    expect(asked).toEqual([]);
    await pass(deps, { cause, sweep: true });
    expect(asked).toHaveLength(1);
  });

  it('keeps an old record that it has asked for once more, and removes the others', async () => {
    put({});
    await pass(deps, { cause, sweep: true });
    await minio.client.putObject(bucket, 'drop/a.mkv', Buffer.from('a'));
    now += 20 * minute;
    await pass(deps, { cause, sweep: true });
    const record = requestedRecord(asked.splice(0)[0] as Requested);
    const at = (name: string) => `${pipelines}/team/jobs/${name}`;
    const status = { state: 'Failed', completionTime: new Date(now - 61 * minute).toISOString() };
    const annotations = { [retryAnnotation]: '' };
    server.put(at(record.metadata.name), { ...record, metadata: { ...record.metadata, annotations }, status });
    server.put(at('old'), { ...record, metadata: { ...record.metadata, name: 'old' }, status });
    await pass(deps, { cause, sweep: true });
    expect(asked.map(({ job }) => job)).toEqual([record.metadata.name]);
    expect(server.get(at(record.metadata.name))).toBeDefined();
    expect(server.get(at('old'))).toBeUndefined();
  });

  it('writes the status of the others where one is refused, and where one is deleted meanwhile', async () => {
    for (const name of ['a', 'b', 'c']) put({ name });
    server.fail(/PATCH .*\/a\/status/, 422);
    const deleting: PassDeps = {
      ...deps,
      checking() {
        server.delete(pathOf({ name: 'b' }));
        return {};
      },
    };
    await expect(pass(deleting, { sweep: false })).rejects.toMatchObject({ message: expect.stringContaining('team/a') });
    expect(conditions({ name: 'c' })).toMatchObject({ Ready: { status: 'True' } });
    await pass(deps, { sweep: false });
    expect(conditions({ name: 'a' })).toMatchObject({ Ready: { status: 'True' } });
  });

  it('keeps its position only where nobody else has written it meanwhile', async () => {
    put({});
    const other = createStateStore(deps.client, 'gst-functions');
    await pass(deps, { cause, sweep: true });
    const [mine, theirs] = [await deps.state.read(), await other.read()];
    await other.write({ ...theirs, watched: [] });
    await expect(deps.state.write({ ...mine, backfills: { a: 'b' } })).rejects.toMatchObject({ code: 'KUBERNETES_FAILED' });
    expect(await deps.state.read()).toEqual({ ...theirs, watched: [] });
    await deps.state.write({ ...theirs, backfills: { a: 'b' } });
    await deps.state.write({ ...theirs, backfills: {} });
    expect(await other.read()).toEqual(theirs);
  });

  it('goes on with the others where one bucket cannot be reached, and tells it in the status of its Transforms', async () => {
    put({});
    put({ name: 'away', spec: { src: { minio: { key: 'away/', endpoint: '127.0.0.1:9', bucket: 'none' } } } });
    await pass(deps, { cause, sweep: true });
    expect(conditions({ name: 'away' }).Notifications).toMatchObject({ status: 'Unknown', reason: 'StorageUnreached' });
    expect(conditions()).toMatchObject({ Notifications: { status: 'True' } });
  });
});
