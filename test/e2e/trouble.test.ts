import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { makeClip } from '../../cli/demo/clip.ts';
import { eventually } from './support/eventually.ts';
import { podsOf, reconfigure, sweep, systemNamespace } from './support/install.ts';
import { apply, condition, get, items, type Json, kubectl } from './support/kubectl.ts';
import { connectStorage, crashStorage, type Storage } from './support/storage.ts';
import { createTenant, removeNamespace, sample } from './support/tenant.ts';

const namespace = 'gst-e2e-trouble';
const bucket = 'trouble';

let folder: string;
let clip: string;
let storage: Storage;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gst-e2e-'));
  clip = join(folder, 'clip.mkv');
  await makeClip(clip);
  storage = await connectStorage();
  await storage.makeBucket(bucket);
  await createTenant(namespace);
  const transform = await sample((written) => {
    written.spec.globals.minio.bucket = bucket;
    delete written.spec.pipeline.debug;
    // long enough for the middle of a run to be seen
    written.spec.pipeline.elements.find((element: Json) => element.name === 'x264enc').properties = {
      'speed-preset': 'placebo',
    };
  });
  await apply(transform, '-n', namespace);
  await eventually(
    'MinIO told',
    60,
    async () => condition(await get('transform', 'mp4-converter', '-n', namespace), 'Notifications')?.status === 'True',
  );
});
afterAll(async () => {
  storage?.close();
  await reconfigure('reconciler', { SWEEP_GRACE_SECONDS: '900', SWEEP_SILENCE_SECONDS: '5400' });
  await removeNamespace(namespace);
  if (folder) await rm(folder, { recursive: true, force: true });
});

const namesOf = (what: string, count: number) => Array.from({ length: count }, (_, index) => `${what} ${index}`);
const upload = (names: readonly string[]) =>
  Promise.all(names.map((name) => storage.client.fPutObject(bucket, `drop/${name}.mkv`, clip)));
const jobsOf = async (names: readonly string[]): Promise<Json[]> => {
  const keys = names.map((name) => `drop/${name}.mkv`);
  return (await items('jobs.pipelines.gst.io', '-n', namespace)).filter(({ spec }) => keys.includes(spec.src.name));
};
async function removePods(from: string, selector: string): Promise<void> {
  await kubectl(['delete', 'pods', '-n', from, '-l', selector, '--force', '--grace-period=0']);
}

/** Until all is done, with whole outputs and nothing failed on the way. */
async function allDone(names: readonly string[], seconds: number, each: () => Promise<void> = async () => {}): Promise<void> {
  const failed = new Set<string>();
  await eventually('every Job finished', seconds, async () => {
    await each();
    const jobs = await jobsOf(names);
    for (const { spec, status } of jobs) if (status?.state === 'Failed') failed.add(`${spec.src.name}: ${status.error?.code}`);
    const finished = jobs.filter(({ status }) => status?.state === 'Finished').length;
    if (finished < names.length) throw new Error(`${finished} of ${names.length}`);
    return true;
  });
  expect([...failed]).toEqual([]);
  for (const name of names) {
    const { streams } = await storage.decode(bucket, `mp4/${name}.mp4`);
    expect(streams.map(({ codec }) => codec).sort()).toEqual(['aac', 'h264']);
  }
}

describe('all objects are done in the end', () => {
  it('where the dispatcher is deleted under load', async () => {
    const names = namesOf('dispatcher', 8);
    const uploads = upload(names);
    await eventually('a dispatcher', 60, async () => (await podsOf('dispatcher')).length > 0);
    await removePods(systemNamespace, 'serving.knative.dev/service=dispatcher');
    await uploads;
    await allDone(names, 300);
  });

  it('where the source is away while they arrive: the queue of MinIO keeps them', async () => {
    const { apiVersion, kind, metadata, spec } = await get('services.serving.knative.dev', 'source', '-n', systemNamespace);
    await kubectl(['delete', 'services.serving.knative.dev', 'source', '-n', systemNamespace, '--timeout=120s']);
    const names = namesOf('source', 3);
    try {
      await upload(names);
    } finally {
      const { name, labels } = metadata;
      await apply(stringify({ apiVersion, kind, metadata: { name, namespace: systemNamespace, labels }, spec }));
    }
    await allDone(names, 240);
  });

  it('where MinIO goes and comes again in the middle', async () => {
    const names = namesOf('storage', 5);
    await upload(names);
    await eventually('a run under way', 120, async () =>
      (await jobsOf(names)).some(({ status }) => status?.state === 'InProgress'),
    );
    await crashStorage();
    storage.close();
    storage = await connectStorage();
    await allDone(names, 300);
  });

  it("where the Broker's pods are gone with all that they held: the sweep asks for it", async () => {
    await reconfigure('reconciler', { SWEEP_GRACE_SECONDS: '5', SWEEP_SILENCE_SECONDS: '60' });
    await sweep(); // the place is known from now on
    const names = namesOf('broker', 5);
    await upload(names);
    await eventually('a run under way', 120, async () =>
      (await jobsOf(names)).some(({ status }) => status?.state === 'InProgress'),
    );
    for (const selector of ['eventing.knative.dev/brokerRole', 'messaging.knative.dev/role=dispatcher']) {
      await removePods('knative-eventing', selector);
    }
    await allDone(names, 400, sweep);
  });
});
