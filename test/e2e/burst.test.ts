import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeClip } from '../../cli/demo/clip.ts';
import { eventually } from './support/eventually.ts';
import { limitRequests, podsOf, sweep, systemNamespace } from './support/install.ts';
import { apply, condition, items, type Json, kubectl } from './support/kubectl.ts';
import { connectStorage, type Storage } from './support/storage.ts';
import { createTenant, removeNamespace, sample } from './support/tenant.ts';

const namespace = 'gst-e2e-burst';
const bucket = 'burst';

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
  for (const [name, prefix, preset] of [
    ['quick', 'drop/', 'ultrafast'],
    ['slow', 'slow/', 'placebo'],
    ['wait', 'wait/', 'slow'],
  ]) {
    const transform = await sample((written) => {
      written.metadata.name = name;
      written.spec.globals.minio.bucket = bucket;
      written.spec.src.minio.key = prefix;
      // as many graphs as objects would only slow the burst down
      delete written.spec.pipeline.debug;
      written.spec.pipeline.elements.find((element: Json) => element.name === 'x264enc').properties = { 'speed-preset': preset };
    });
    await apply(transform, '-n', namespace);
  }
  await eventually('MinIO told of the bucket', 60, async () => {
    const found = await items('transforms', '-n', namespace);
    return found.length === 3 && found.every((one) => condition(one, 'Notifications')?.status === 'True');
  });
});
afterAll(async () => {
  storage?.close();
  await removeNamespace(namespace);
  if (folder) await rm(folder, { recursive: true, force: true });
});

const upload = (names: readonly string[], prefix = 'drop/') =>
  Promise.all(names.map((name) => storage.client.fPutObject(bucket, `${prefix}${name}.mkv`, clip)));
const outputs = async (names: readonly string[]) => {
  const versions = await storage.versions(bucket, 'mp4/');
  return names.map((name) => versions.get(`mp4/${name}.mp4`) ?? 0);
};
const jobsOf = async (names: readonly string[]): Promise<Json[]> => {
  const keys = names.map((name) => `mp4/${name}.mp4`);
  return (await items('jobs.pipelines.gst.io', '-n', namespace)).filter(({ spec }) => keys.includes(spec.sinks[0].name));
};

/** How the Trigger of transcode delivers. */
const deliver = (delivery: { retry: number; timeout: string }) =>
  kubectl(['patch', 'trigger', 'transcode', '-n', systemNamespace, '--type=merge', '-p', JSON.stringify({ spec: { delivery } })]);

describe('many objects at once', () => {
  it('are all done, none lost and none twice, by no more pods than there may be', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `film ${index}`);
    let most = 0;
    await upload(names);
    await eventually('30 outputs', 500, async () => {
      const pods = (await podsOf('transcode')).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      most = Math.max(most, pods.length);
      const made = (await outputs(names)).filter((count) => count > 0).length;
      if (made < names.length) throw new Error(`${made} outputs`);
      return true;
    });
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(2);
    await eventually('30 finished Jobs', 120, async () => {
      const jobs = await jobsOf(names);
      const states = Object.entries(Object.groupBy(jobs, ({ status }) => status?.state ?? 'none')).map(
        ([state, group]) => `${state} ${group?.length}`,
      );
      if (jobs.length !== names.length || jobs.some(({ status }) => status?.state !== 'Finished'))
        throw new Error(states.join(', '));
      return true;
    });
    expect(await outputs(names)).toEqual(names.map(() => 1));
    const { streams } = await storage.decode(bucket, 'mp4/film 29.mp4');
    expect(streams.map(({ codec }) => codec).sort()).toEqual(['aac', 'h264']);
  });

  it('are done in the end where they wait for longer than a request may, and none counts as failed', async () => {
    // what 10 and 5 minutes show to those who run it, in seconds
    const short = 15;
    await limitRequests('transcode', short);
    await deliver({ retry: 0, timeout: `PT${short * 2}S` });
    try {
      const names = Array.from({ length: 16 }, (_, index) => `wait ${index}`);
      const states = new Set<string>();
      let givenUp = 0;
      await upload(names, 'wait/');
      await eventually('16 finished Jobs', 500, async () => {
        const jobs = await jobsOf(names);
        for (const { status } of jobs) states.add(status?.state);
        givenUp = Math.max(givenUp, jobs.filter(({ status }) => status?.nextRequestTime !== undefined).length);
        await sweep();
        const finished = jobs.filter(({ status }) => status?.state === 'Finished').length;
        if (finished < names.length) throw new Error(`${finished} finished, ${givenUp} were given up at once`);
        return true;
      });
      expect(givenUp).toBeGreaterThan(0);
      expect(states).not.toContain('Failed');
      expect((await outputs(names)).every((count) => count >= 1)).toBe(true);
    } finally {
      await deliver({ retry: 5, timeout: 'PT660S' });
      await limitRequests('transcode', 600);
    }
  });

  it('are done in the end where a pod is deleted in the middle, with whole outputs only', async () => {
    const names = ['cut short', 'cut short too'];
    await upload(names, 'slow/');
    await eventually('a run under way', 120, async () =>
      (await jobsOf(names)).some(({ status }) => status?.state === 'InProgress'),
    );
    for (const { metadata } of await podsOf('transcode')) {
      // as by a node that goes away: without a grace
      await kubectl(['delete', 'pod', '-n', systemNamespace, metadata.name, '--force', '--grace-period=0']);
    }
    await eventually('both outputs', 300, async () => (await outputs(names)).every((count) => count > 0));
    for (const name of names) {
      const { streams } = await storage.decode(bucket, `mp4/${name}.mp4`);
      expect(streams.map(({ codec }) => codec).sort()).toEqual(['aac', 'h264']);
    }
    await eventually('both Jobs finished', 120, async () => {
      const jobs = await jobsOf(names);
      return jobs.length === 2 && jobs.every(({ status }) => status?.state === 'Finished');
    });
  });
});
