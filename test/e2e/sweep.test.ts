import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeClip } from '../../cli/demo/clip.ts';
import { eventually } from './support/eventually.ts';
import { reconfigure, sweep, systemNamespace } from './support/install.ts';
import { apply, condition, get, items, type Json, kubectl } from './support/kubectl.ts';
import { connectStorage, type Storage } from './support/storage.ts';
import { createTenant, removeNamespace, sample } from './support/tenant.ts';

const namespace = 'gst-e2e-sweep';
const bucket = 'swept';

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
  // minutes of waiting are for those who run it: here seconds show the same
  await reconfigure('reconciler', { SWEEP_GRACE_SECONDS: '5', RUNNER_KEEP_SECONDS: '5' });
  const transform = await sample((written) => {
    written.spec.globals.minio.bucket = bucket;
    delete written.spec.pipeline.debug;
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
  await reconfigure('reconciler', { SWEEP_GRACE_SECONDS: '900', RUNNER_KEEP_SECONDS: '5400' });
  await removeNamespace(namespace);
  if (folder) await rm(folder, { recursive: true, force: true });
});

const jobOf = async (key: string): Promise<Json> =>
  (await items('jobs.pipelines.gst.io', '-n', namespace)).find(({ spec }) => spec.src.name === key);

describe('the sweep on a cluster', () => {
  it('makes good for an upload that nobody told of, and sets the notification again', async () => {
    await sweep(); // the place is known from now on
    await storage.client.removeAllBucketNotification(bucket);
    await storage.client.fPutObject(bucket, 'drop/lost.mkv', clip);
    await eventually('an output', 240, async () => {
      await sweep();
      return (await storage.versions(bucket, 'mp4/')).get('mp4/lost.mp4') === 1;
    });
    const { QueueConfiguration } = (await storage.client.getBucketNotification(bucket)) as unknown as {
      QueueConfiguration: Json[];
    };
    expect(QueueConfiguration.map(({ Filter }) => Filter[0].Value)).toEqual(['drop/']);
  });

  it('does not ask again where a consumer has taken the output away', async () => {
    await eventually('a finished Job', 60, async () => (await jobOf('drop/lost.mkv'))?.status?.state === 'Finished');
    await storage.client.removeObject(bucket, 'mp4/lost.mp4');
    for (let round = 0; round < 3; round++) await sweep();
    // an upload after it goes all the way, so the first would have been seen by now
    await storage.client.fPutObject(bucket, 'drop/next.mkv', clip);
    await eventually('the output of the next', 180, () => storage.client.statObject(bucket, 'mp4/next.mp4'));
    expect((await jobOf('drop/lost.mkv')).status.runs).toBe(1);
    expect((await storage.versions(bucket, 'mp4/')).get('mp4/lost.mp4')).toBe(1);
  });

  it('asks for a Job again where that is wanted', async () => {
    const { metadata } = await jobOf('drop/lost.mkv');
    await kubectl(['annotate', 'jobs.pipelines.gst.io', metadata.name, '-n', namespace, 'pipelines.gst.io/retry=']);
    await sweep();
    await eventually('a second run', 180, async () => {
      const { status } = await jobOf('drop/lost.mkv');
      return status.runs === 2 && status.state === 'Finished';
    });
    expect((await storage.versions(bucket, 'mp4/')).get('mp4/lost.mp4')).toBe(2);
  });

  it('removes a runner when nobody asks for it any more', async () => {
    const runners = () => items('services.serving.knative.dev', '-n', systemNamespace, '-l', 'pipelines.gst.io/runner');
    const heavy = await sample((written) => {
      written.metadata.name = 'heavy';
      written.spec.globals.minio.bucket = bucket;
      written.spec.src.minio.key = 'heavy/';
      written.spec.pipeline.resources = { limits: { memory: '1100Mi' } };
    });
    const before = (await runners()).length;
    await apply(heavy, '-n', namespace);
    await eventually('a runner', 60, async () => (await runners()).length === before + 1);
    await kubectl(['delete', 'transform', 'heavy', '-n', namespace]);
    await eventually('no runner', 120, async () => {
      await sweep();
      return (await runners()).length === 0;
    });
  });

  it('writes nothing at rest', async () => {
    const versions = async () => {
      const kept = await get('configmap', 'sweep', '-n', systemNamespace);
      const all = [...(await items('transforms,jobs.pipelines.gst.io', '-n', namespace)), kept];
      return all.map(({ kind, metadata }) => `${kind} ${metadata.name} ${metadata.resourceVersion}`);
    };
    // until what was uploaded last has been looked at
    await eventually('two rounds alike', 120, async () => {
      const before = await versions();
      await sweep();
      return JSON.stringify(before) === JSON.stringify(await versions());
    });
    const before = await versions();
    for (let round = 0; round < 3; round++) await sweep();
    expect(await versions()).toEqual(before);
  });
});
