import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createKubeClient,
  type KubeClient,
  type KubeObject,
  resources,
  type WatchedObjects,
  watchObjects,
} from '../../../lib/kubernetes/index.ts';
import { type FakeApiServer, startFakeApiServer } from '../../support/fake-api-server.ts';
import { keptLog } from '../../support/functions.ts';
import { until } from '../../support/until.ts';

const log = pino({ level: 'silent' });
const at = (name: string, plural = 'transforms') => `/apis/pipelines.gst.io/v1/namespaces/tenant/${plural}/${name}`;
const transform = (name: string) => ({ metadata: { name, namespace: 'tenant' }, spec: {} });

interface Seen extends KubeObject {
  spec: { suspend?: boolean };
}

let server: FakeApiServer;
let watched: WatchedObjects<Seen> | undefined;
let changes = 0;

const watch = async () => {
  changes = 0;
  const client = await createKubeClient(server.load);
  watched = await watchObjects<Seen>(client, [resources.transforms, resources.splitTransforms], {
    log,
    retryDelays: [10, 20],
    onChange: () => {
      changes++;
    },
  });
  return watched;
};
const names = () =>
  watched
    ?.list()
    .map(({ metadata }) => metadata.name)
    .sort();

beforeEach(async () => {
  server = await startFakeApiServer();
});
afterEach(async () => {
  await watched?.close();
  await server.close();
});

describe('a watch of Transforms', () => {
  it('is ready only when every kind has been listed', async () => {
    server.put(at('a'), transform('a'));
    server.put(at('b', 'splittransforms'), transform('b'));
    server.fail(/splittransforms$/, 500, 3);
    const found = await watch();
    await until(() => server.watches() === 1);
    expect(found.ready()).toBe(false);
    await until(() => found.ready());
    expect(found.list().map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual(['Transform/a', 'SplitTransform/b']);
  });

  it('keeps objects without how they came to be, which is more than what they are', async () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}', mine: 'yes' };
    const { metadata, spec } = transform('a');
    server.put(at('a'), { metadata: { ...metadata, annotations, managedFields: [{ manager: 'kubectl' }] }, spec });
    const { list, ready } = await watch();
    await until(() => ready() && server.watches() === 2);
    const light = { ...metadata, annotations: { mine: 'yes' }, resourceVersion: expect.any(String) };
    expect(list().map((one) => one.metadata)).toEqual([light]);
    // what the watch brings is whole too
    server.put(at('a'), {
      metadata: { ...metadata, annotations, managedFields: [{ manager: 'kubectl' }] },
      spec: { suspend: true },
    });
    await until(() => list()[0]?.spec.suspend === true);
    expect(list().map((one) => one.metadata)).toEqual([light]);
  });

  it('sees what is added, changed and deleted', async () => {
    const found = await watch();
    await until(() => found.ready() && server.watches() === 2);
    const before = changes;
    server.put(at('a'), transform('a'));
    await until(() => names()?.includes('a') ?? false);
    server.put(at('a'), { ...transform('a'), spec: { suspend: true } });
    await until(() => found.list()[0]?.spec.suspend === true);
    server.delete(at('a'));
    await until(() => names()?.length === 0);
    expect(changes - before).toBe(3);
  });

  it('goes on after its connection was cut, and misses nothing of what came meanwhile', async () => {
    server.put(at('a'), transform('a'));
    const found = await watch();
    await until(() => found.ready() && server.watches() === 2);
    // the server has forgotten the version that the watch knew: it lists again
    server.fail(/\/transforms\?watch/, 410);
    server.cutWatches();
    server.put(at('b'), transform('b'));
    await until(() => names()?.join() === 'a,b');
    expect(found.ready()).toBe(true);
  });

  it('tries ever more rarely, and begins anew once it has been back', async () => {
    const { log: kept, lines } = keptLog();
    const client = await createKubeClient(server.load);
    server.fail(/transforms\?watch/, 500, 3);
    watched = await watchObjects<Seen>(client, [resources.transforms], { log: kept, retryDelays: [1, 2, 3], onChange: () => {} });
    const delays = () => lines.flatMap(({ delay }) => delay ?? []);
    await until(() => server.watches() === 1);
    expect(delays()).toEqual([1, 2, 3]);
    server.fail(/transforms\?watch/, 500);
    server.cutWatches();
    await until(() => server.watches() === 1 && delays().length > 3);
    expect(delays()[3]).toBe(1);
  });

  it('leaves no connection behind where it is closed before its first list has come', async () => {
    const listed = Promise.withResolvers<void>();
    const client = await createKubeClient(server.load);
    const slow: KubeClient = {
      ...client,
      informer(resource) {
        const informer = client.informer(resource);
        const start = informer.start.bind(informer);
        informer.start = async () => {
          await listed.promise;
          await start();
        };
        return informer;
      },
    };
    const found = await watchObjects<Seen>(slow, [resources.transforms], { log, onChange: () => {} });
    await found.close();
    listed.resolve();
    await until(() => server.requests.includes('GET /apis/pipelines.gst.io/v1/transforms?watch'));
    await until(() => server.watches() === 0);
  });

  it('keeps what it knows while the API server is away', async () => {
    server.put(at('a'), transform('a'));
    const found = await watch();
    await until(() => found.ready() && server.watches() === 2);
    server.fail(/watch/, 500, 4);
    const asked = server.requests.length;
    server.cutWatches();
    await until(() => server.requests.length >= asked + 4);
    expect(names()).toEqual(['a']);
    await until(() => server.watches() === 2);
  });
});
