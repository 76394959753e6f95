/** What the sweep costs over many keys, counted at a real MinIO: 2,500 here, 20,000 on a cluster. */
import { CloudEvent } from 'cloudevents';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Positions } from '../../../functions/reconciler/sweep/position.ts';
import { sweep } from '../../../functions/reconciler/sweep/sweep.ts';
import { readRequested } from '../../../lib/events/index.ts';
import type { KubeClient } from '../../../lib/kubernetes/index.ts';
import { createLog } from '../../../lib/runtime/index.ts';
import { createMinioStore, type MinioStore } from '../../../lib/storage/index.ts';
import type { ResolvedTransform } from '../../../lib/transform/index.ts';
import { type LossyProxy, lossyProxy } from '../../support/lossy-proxy.ts';
import { type MinioServer, startMinio } from '../../support/minio.ts';
import { resolved } from '../../support/transforms.ts';

const count = 2500;
const page = 1000; // keys that MinIO lists in one answer
const pages = Math.ceil(count / page);
const minute = 60_000;
const keys = Array.from({ length: count }, (_, index) => `drop/${String(index).padStart(5, '0')}.mkv`);

let minio: MinioServer;
let proxy: LossyProxy;
let store: MinioStore;
let begun: number;
let positions: Positions;

beforeAll(async () => {
  minio = await startMinio({ buckets: ['media'] });
  // an upload that is older than the place is known may not be asked for
  begun = Date.now() - minute;
  const left = keys.values();
  const put = async () => {
    for (const key of left) await minio.client.putObject('media', key, Buffer.from('x'));
  };
  await Promise.all(Array.from({ length: 16 }, put));
  proxy = await lossyProxy(minio.endpoint, () => 'pass');
  store = createMinioStore({ ...minio.address, address: proxy.address }, minio);
}, 120_000);
afterAll(async () => {
  store?.close();
  proxy?.close();
  await minio?.stop();
});
beforeEach(() => {
  positions = {};
});

const all = resolved({ name: 'mp4', namespace: 'team' });
/** Takes one of a hundred, so that looking at each is soon done. */
const few = resolved({ name: 'few', namespace: 'team', spec: { src: { minio: { include: '00[.]mkv$' } } } });
const taken = keys.filter((key) => key.endsWith('00.mkv'));

/** One round, so many minutes after the upload. */
async function round(transform: ResolvedTransform, minutes: number, limits: { keys: number; looks: number }) {
  const asked: string[] = [];
  proxy.seen.length = 0;
  const now = minutes === 0 ? begun : Date.now() + minutes * minute;
  positions = await sweep(
    {
      client: {} as KubeClient, // there are no Jobs to write to
      store: async () => store,
      publish: async (event) => void asked.push(readRequested(event, 'key').source.key),
      eventKey: 'key',
      cause: new CloudEvent<unknown>({ id: 'ping', source: '/sweep', type: 'dev.knative.sources.ping', data: {} }),
      jobs: [],
      madeAt: () => 0,
      positions,
      limits: { grace: 15 * minute, overlap: 0, silence: 90 * minute, ...limits },
      log: createLog({ name: 'test', level: 'silent', format: 'json' }),
      now: () => new Date(now),
    },
    [transform],
  );
  const lists = proxy.seen.filter((request) => request.includes('list-type=2')).length;
  const rest = Object.values(positions)[0]?.rest;
  return { asked, lists, others: proxy.seen.length - lists, goesOnAfter: rest?.after };
}

describe(`the sweep over ${count} keys`, () => {
  it('that are no news costs one request for each page', async () => {
    await round(few, 0, { keys: 10, looks: 10 });
    await round(few, 20, { keys: count, looks: count });
    // all was looked at by then, and is older than the overlap
    expect(await round(few, 60, { keys: 10_000, looks: 100 })).toEqual({
      asked: [],
      lists: pages,
      others: 0,
      goesOnAfter: undefined,
    });
  });

  it('lists no more in a round than it may, and goes on there until it is through', async () => {
    await round(few, 0, { keys: 10, looks: 10 });
    const limits = { keys: 1100, looks: count };
    const asked: string[] = [];
    for (const [last, lists] of [
      [1099, 2],
      [2199, 2],
      [undefined, 1],
    ] as const) {
      const told = await round(few, 20, limits);
      expect([told.goesOnAfter, told.lists]).toEqual([last === undefined ? undefined : keys[last], lists]);
      // whether its output is there
      expect(told.others).toBe(told.asked.length);
      asked.push(...told.asked);
    }
    expect(asked).toEqual(taken);
  });

  it('asks for no more in a round than it may, and goes on there', async () => {
    await round(all, 0, { keys: 10, looks: 10 });
    for (let from = 0; from < 30; from += 10) {
      const told = await round(all, 20, { keys: 10_000, looks: 10 });
      expect(told).toEqual({ asked: keys.slice(from, from + 10), lists: 1, others: 10, goesOnAfter: keys[from + 9] });
    }
  });
});
