import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from './support/eventually.ts';
import { sweep } from './support/inside.ts';
import { reconfigure, systemNamespace } from './support/install.ts';
import { get, items, type Json, kubectl } from './support/kubectl.ts';
import { useTenant } from './support/tenant.ts';

const tenant = useTenant('gst-e2e-sweep', 'swept');
const { namespace, bucket } = tenant;
beforeAll(async () => {
  // minutes of waiting are for those who run it: here seconds show the same
  await reconfigure('reconciler', { SWEEP_GRACE_SECONDS: '5', SWEEP_OVERLAP_SECONDS: '1', RUNNER_KEEP_SECONDS: '5' });
  await tenant.put('drop');
});
afterAll(() =>
  reconfigure('reconciler', {
    SWEEP_GRACE_SECONDS: undefined,
    SWEEP_OVERLAP_SECONDS: undefined,
    RUNNER_KEEP_SECONDS: undefined,
  }),
);

const times = async (name: string) => (await tenant.storage.versions(bucket, 'out/')).get(`out/drop/${name}.mp4`) ?? 0;

/** Sweeps until the object is old enough. A round that comes before the record of the last one would ask again, so each is waited for. */
async function sweepUntilAsked(key: string): Promise<void> {
  await eventually(`${key} asked for`, 120, async () => {
    await sweep();
    return eventually('a Job', 10, () => tenant.job(key));
  });
}

describe('the sweep on a cluster', () => {
  it('makes good for an upload that nobody told of, and sets the notification again', async () => {
    await sweep(); // the place is known from now on
    await tenant.storage.client.removeAllBucketNotification(bucket);
    await tenant.upload('drop/lost.mkv');
    await sweepUntilAsked('drop/lost.mkv');
    await tenant.output('out/drop/lost.mp4');
    const { QueueConfiguration } = (await tenant.storage.client.getBucketNotification(bucket)) as unknown as {
      QueueConfiguration: Json[];
    };
    expect(QueueConfiguration.map(({ Filter }) => Filter[0].Value)).toEqual(['drop/']);
  });

  it('does not ask again where a consumer has taken the output away', async () => {
    await eventually('a finished Job', 60, async () => (await tenant.job('drop/lost.mkv'))?.status?.state === 'Finished');
    await tenant.storage.client.removeObject(bucket, 'out/drop/lost.mp4');
    for (let round = 0; round < 3; round++) await sweep();
    // an upload after it goes all the way, so the first would have been seen by now
    await tenant.upload('drop/next.mkv');
    await tenant.output('out/drop/next.mp4');
    expect((await tenant.job('drop/lost.mkv'))?.status.runs).toBe(1);
    expect(await times('lost')).toBe(1);
  });

  it('does not try a bad file again when its Job is gone', async () => {
    const bad = 'drop/bad.mkv';
    await tenant.storage.client.putObject(bucket, bad, Buffer.from('this is no film\n'.repeat(100)));
    const failed = await eventually('a failed Job', 120, async () => {
      const found = await tenant.job(bad);
      return found?.status?.state === 'Failed' && found;
    });
    // told of by nobody: what the sweep asks for has been looked for behind the bad file
    await tenant.storage.client.removeAllBucketNotification(bucket);
    await tenant.upload('drop/behind.mkv');
    await sweepUntilAsked('drop/behind.mkv');
    await kubectl(['delete', 'jobs.pipelines.gst.io', failed.metadata.name, '-n', namespace]);
    for (let round = 0; round < 3; round++) await sweep();
    await tenant.upload('drop/after.mkv');
    await tenant.output('out/drop/after.mp4');
    expect(await tenant.job(bad)).toBeUndefined();
  });

  it('removes a runner when nobody asks for it any more', async () => {
    const runners = () => items('services.serving.knative.dev', '-n', systemNamespace, '-l', 'pipelines.gst.io/runner');
    const before = (await runners()).length;
    await tenant.put('heavy', (written) => {
      written.spec.pipeline.resources = { limits: { memory: '1100Mi' } };
    });
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
