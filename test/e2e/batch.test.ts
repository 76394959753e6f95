import { afterAll, describe, expect, it } from 'vitest';
import { clip } from '../../cli/demo/clip.ts';
import { eventually } from './support/eventually.ts';
import { sweep } from './support/inside.ts';
import { reconfigure, systemNamespace } from './support/install.ts';
import { condition, items, type Json, kubectl } from './support/kubectl.ts';
import { lasting, useTenant } from './support/tenant.ts';

const tenant = useTenant('gst-e2e-batch', 'batch');
afterAll(async () => {
  await kubectl(['delete', 'jobs.batch', '--all', '-n', systemNamespace, '--ignore-not-found']);
  await reconfigure('reconciler', { RUNNER_KEEP_SECONDS: undefined });
});

const put = (name: string, change: (transform: Json) => void = () => {}) =>
  tenant.put(name, (written) => {
    written.spec.execution = 'job';
    change(written);
  });
const batchJobs = (sink: string) => items('jobs.batch', '-n', systemNamespace, '-l', `sinks.knative.dev/job-sink-name=${sink}`);
const runnerSinks = () => items('jobsinks', '-n', systemNamespace, '-l', 'pipelines.gst.io/runner');

describe('a Transform with execution: job', () => {
  it('runs as a Kubernetes Job, which ends well, and leaves a finished record', async () => {
    await put('long');
    await tenant.upload('long/clip.mkv');
    await tenant.output('out/long/clip.mp4');
    const { streams } = await tenant.storage.decode(tenant.bucket, 'out/long/clip.mp4');
    expect(streams.map(({ codec }) => codec).sort()).toEqual(['aac', 'h264']);
    for (const { duration } of streams) expect(Math.abs(duration - clip.seconds)).toBeLessThan(0.1);
    await eventually('a finished Job', 60, async () => (await tenant.job('long/clip.mkv'))?.status?.state === 'Finished');
    await eventually('a complete Kubernetes Job', 60, async () => {
      const jobs = await batchJobs('transcode-job');
      return jobs.length === 1 && condition(jobs[0], 'Complete')?.status === 'True';
    });
  });

  it('is told of by the sweep where its Kubernetes Job was killed without a word, and is not asked for again', async () => {
    await put('killed', lasting(60));
    const before = (await batchJobs('transcode-job')).map(({ metadata }) => metadata.name);
    await tenant.upload('killed/clip.mkv');
    const { metadata } = await eventually('a Kubernetes Job', 90, async () =>
      (await batchJobs('transcode-job')).find((one) => !before.includes(one.metadata.name)),
    );
    const pod = await eventually('its pod at work', 90, async () => {
      const [found] = await items('pods', '-n', systemNamespace, '-l', `job-name=${metadata.name}`);
      const atWork = (await tenant.job('killed/clip.mkv'))?.status?.state === 'InProgress';
      return found?.status.phase === 'Running' && atWork && found;
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
      const found = await tenant.job('killed/clip.mkv');
      return found?.status?.state === 'Failed' && found;
    });
    expect(record.status.error).toMatchObject({ code: 'BATCH_JOB_FAILED', message: expect.stringContaining(metadata.name) });
    await sweep();
    expect((await batchJobs('transcode-job')).length).toBe(before.length + 1);
  });

  it('has a JobSink of its own where it asks for resources of its own, as long as it is there', async () => {
    await put('sized', (written) => {
      written.spec.pipeline.resources = { limits: { memory: '900Mi' } };
    });
    const [sink] = await eventually('a JobSink', 60, async () => {
      const found = await runnerSinks();
      return found.length === 1 && condition(found[0], 'Ready')?.status === 'True' && found;
    });
    await eventually('its Trigger ready', 60, async () => {
      const [trigger] = await items('triggers', '-n', systemNamespace, '-l', 'pipelines.gst.io/runner');
      return condition(trigger, 'Ready')?.status === 'True';
    });
    await tenant.upload('sized/clip.mkv');
    await tenant.output('out/sized/clip.mp4');
    const [job] = await batchJobs(sink.metadata.name);
    expect(job.spec.template.spec.containers[0].resources.limits.memory).toBe('900Mi');
    await kubectl(['delete', 'transform', 'sized', '-n', tenant.namespace]);
    await reconfigure('reconciler', { RUNNER_KEEP_SECONDS: '1' });
    await eventually('no JobSink', 90, async () => {
      await sweep();
      return (await runnerSinks()).length === 0;
    });
  });
});
