import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clip as made, makeClip } from '../../cli/demo/clip.ts';
import { eventually } from './support/eventually.ts';
import { reconfigure, sweep, systemNamespace } from './support/install.ts';
import { apply, condition, get, items, type Json, kubectl } from './support/kubectl.ts';
import { connectStorage, type Storage } from './support/storage.ts';
import { createTenant, removeNamespace, sample } from './support/tenant.ts';

const namespace = 'gst-e2e-batch';
const bucket = 'batch';

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
});
afterAll(async () => {
  storage?.close();
  await kubectl(['delete', 'jobs.batch', '--all', '-n', systemNamespace, '--ignore-not-found']);
  await reconfigure('reconciler', { RUNNER_KEEP_SECONDS: '5400' });
  await removeNamespace(namespace);
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function put(name: string, change: (spec: Json) => void): Promise<void> {
  const transform = await sample((written) => {
    written.metadata.name = name;
    written.spec.globals.minio.bucket = bucket;
    written.spec.src.minio.key = `${name}/`;
    written.spec.sink.minio.key = `out/${name}.mp4`;
    written.spec.execution = 'job';
    delete written.spec.pipeline.debug;
    change(written.spec);
  });
  await apply(transform, '-n', namespace);
  await eventually(
    'MinIO told',
    60,
    async () => condition(await get('transform', name, '-n', namespace), 'Notifications')?.status === 'True',
  );
}

const batchJobs = (sink: string) => items('jobs.batch', '-n', systemNamespace, '-l', `sinks.knative.dev/job-sink-name=${sink}`);
const recordOf = async (key: string): Promise<Json> =>
  (await items('jobs.pipelines.gst.io', '-n', namespace)).find(({ spec }) => spec.src.name === key);

describe('a Transform with execution: job', () => {
  it('runs as a Kubernetes Job, which ends well, and leaves a finished record', async () => {
    await put('long', () => {});
    await storage.client.fPutObject(bucket, 'long/clip.mkv', clip);
    await eventually('the output', 180, () => storage.client.statObject(bucket, 'out/long.mp4'));
    const { streams } = await storage.decode(bucket, 'out/long.mp4');
    expect(streams.map(({ codec }) => codec).sort()).toEqual(['aac', 'h264']);
    for (const { duration } of streams) expect(Math.abs(duration - made.seconds)).toBeLessThan(0.1);
    await eventually('a finished Job', 60, async () => (await recordOf('long/clip.mkv'))?.status?.state === 'Finished');
    await eventually('a complete Kubernetes Job', 60, async () => {
      const jobs = await batchJobs('transcode-job');
      return jobs.length === 1 && condition(jobs[0], 'Complete')?.status === 'True';
    });
  });

  it('is told of by the sweep where its Kubernetes Job was killed without a word, and is not asked for again', async () => {
    await put('killed', (spec) => {
      spec.pipeline.elements.find((element: Json) => element.name === 'x264enc').properties = { 'speed-preset': 'placebo' };
    });
    const before = (await batchJobs('transcode-job')).map(({ metadata }) => metadata.name);
    await storage.client.fPutObject(bucket, 'killed/clip.mkv', clip);
    const { metadata } = await eventually('a Kubernetes Job', 90, async () =>
      (await batchJobs('transcode-job')).find((one) => !before.includes(one.metadata.name)),
    );
    const pod = await eventually('its pod at work', 90, async () => {
      const [found] = await items('pods', '-n', systemNamespace, '-l', `job-name=${metadata.name}`);
      return found?.status.phase === 'Running' && (await recordOf('killed/clip.mkv'))?.status?.state === 'InProgress' && found;
    });
    await kubectl(['patch', 'jobs.batch', metadata.name, '-n', systemNamespace, '-p', '{"spec":{"backoffLimit":0}}']);
    await kubectl(['delete', 'pod', pod.metadata.name, '-n', systemNamespace, '--force', '--grace-period=0']);
    await eventually('a failed Kubernetes Job', 90, async () =>
      (await batchJobs('transcode-job')).some(
        (one) => one.metadata.name === metadata.name && condition(one, 'Failed')?.status === 'True',
      ),
    );
    await sweep();
    const record = await eventually('a failed Job', 60, async () => {
      const found = await recordOf('killed/clip.mkv');
      return found?.status?.state === 'Failed' && found;
    });
    expect(record.status.error).toMatchObject({ code: 'BATCH_JOB_FAILED', message: expect.stringContaining(metadata.name) });
    await sweep();
    expect((await batchJobs('transcode-job')).length).toBe(before.length + 1);
  });

  it('has a JobSink of its own where it asks for resources of its own', async () => {
    await put('sized', (spec) => {
      spec.pipeline.resources = { limits: { memory: '900Mi' } };
    });
    const [sink] = await eventually('a JobSink', 60, async () => {
      const found = await items('jobsinks', '-n', systemNamespace, '-l', 'pipelines.gst.io/runner');
      return found.length === 1 && condition(found[0], 'Ready')?.status === 'True' && found;
    });
    await eventually('its Trigger ready', 60, async () => {
      const [trigger] = await items('triggers', '-n', systemNamespace, '-l', 'pipelines.gst.io/runner');
      return condition(trigger, 'Ready')?.status === 'True';
    });
    await storage.client.fPutObject(bucket, 'sized/sized.mkv', clip);
    await eventually('the output', 180, () => storage.client.statObject(bucket, 'out/sized.mp4'));
    const [job] = await batchJobs(sink.metadata.name);
    expect(job.spec.template.spec.containers[0].resources.limits.memory).toBe('900Mi');
    await kubectl(['delete', 'transform', 'sized', '-n', namespace]);
    await reconfigure('reconciler', { RUNNER_KEEP_SECONDS: '1' });
    await eventually('no JobSink', 90, async () => {
      await sweep();
      return (await items('jobsinks', '-n', systemNamespace, '-l', 'pipelines.gst.io/runner')).length === 0;
    });
  });
});
