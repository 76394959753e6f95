import { describe, expect, it } from 'vitest';
import { clip } from '../../cli/demo/clip.ts';
import { eventually } from './support/eventually.ts';
import { read } from './support/inside.ts';
import { logsOf, podsOf, systemNamespace } from './support/install.ts';
import { apply, condition, get, type Json, kubectl } from './support/kubectl.ts';
import { sample, useTenant } from './support/tenant.ts';

const tenant = useTenant('gst-e2e-first', 'first-upload');
const { namespace, bucket } = tenant;
/** The sample as it is, on the bucket of these tests. */
const transform = (change: (written: Json) => void = () => {}) =>
  sample((written) => {
    written.spec.globals.minio.bucket = bucket;
    change(written);
  });

/** The lines of a table of kubectl, by column. */
async function table(...args: string[]): Promise<Array<Record<string, string>>> {
  const [head = '', ...rows] = (await kubectl(['get', '-n', namespace, ...args])).trimEnd().split('\n');
  const columns = [...head.matchAll(/\S+\s*/g)].map((match) => ({
    name: match[0].trim(),
    from: match.index,
    to: match.index + match[0].length,
  }));
  return rows.map((row) =>
    Object.fromEntries(
      columns.map(({ name, from, to }, index) => [name, row.slice(from, index === columns.length - 1 ? undefined : to).trim()]),
    ),
  );
}

describe('the sample on a cluster', () => {
  it('is ready within seconds, and MinIO is told to tell of its uploads', async () => {
    await apply(await transform(), '-n', namespace);
    const found = await eventually('the Transform ready', 30, async () => {
      const object = await get('transform', 'mp4-converter', '-n', namespace);
      return condition(object, 'Notifications')?.status === 'True' && object;
    });
    expect(condition(found, 'Ready')).toMatchObject({ status: 'True', reason: 'Valid' });
    expect(found.status.observedGeneration).toBe(found.metadata.generation);
    expect(await table('transforms')).toMatchObject([{ NAME: 'mp4-converter', STATUS: 'Valid' }]);
  });

  it('turns an upload into an output that plays, from no pod to one to none', async () => {
    await eventually('no pod of transcode', 180, async () => (await podsOf('transcode')).length === 0);
    await tenant.upload('drop/clip.mkv');
    await eventually('a pod of transcode', 60, async () => (await podsOf('transcode')).length === 1);
    await tenant.output('mp4/clip.mp4', 120);
    const { container, streams } = await tenant.storage.decode(bucket, 'mp4/clip.mp4');
    expect(container).toContain('mp4');
    expect(streams.map(({ kind, codec }) => [kind, codec]).sort()).toEqual([
      ['audio', 'aac'],
      ['video', 'h264'],
    ]);
    for (const { duration } of streams) expect(Math.abs(duration - clip.seconds)).toBeLessThan(0.1);
    expect(streams.find(({ kind }) => kind === 'video')?.frames).toBe(clip.seconds * clip.framerate);
    await eventually('no pod of transcode again', 180, async () => (await podsOf('transcode')).length === 0);
  });

  it('leaves a record that kubectl shows with its source, its sink and its state', async () => {
    const [job] = await eventually('a finished Job', 60, async () => {
      const jobs = await tenant.jobs();
      return jobs[0]?.status?.state === 'Finished' && jobs;
    });
    expect(job.metadata.labels).toMatchObject({
      'pipelines.gst.io/pipeline': 'mp4-converter',
      'pipelines.gst.io/bucket': bucket,
    });
    expect(job.spec).toMatchObject({ pipelineRef: { kind: 'Transform', name: 'mp4-converter' }, src: { name: 'drop/clip.mkv' } });
    const rows = await table('jobs.pipelines.gst.io');
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      NAME: job.metadata.name,
      SRC: 'drop/clip.mkv',
      SINKS: expect.stringContaining('mp4/clip.mp4'),
      STATUS: 'Finished',
    });
  });

  it('is seen in the live page, which is there inside the cluster only', async () => {
    const { status } = await get('services.serving.knative.dev', 'dashboard', '-n', systemNamespace);
    expect(status.url).toBe(`http://dashboard.${systemNamespace}.svc.cluster.local`);
    const { jobs } = await read(`${status.url}/api/jobs?transform=${namespace}/mp4-converter`);
    expect(jobs).toMatchObject([{ state: 'Finished', key: 'drop/clip.mkv' }]);
    const { transforms } = await read(`${status.url}/api/transforms`);
    expect(transforms.map(({ name }: Json) => name)).toContain('mp4-converter');
  });

  it('keeps the debug graphs that the sample asks for beside the source', async () => {
    expect([...(await tenant.storage.versions(bucket, 'debug/')).keys()]).toEqual(
      expect.arrayContaining([expect.stringMatching(/^debug\/clip.*_debug\/.*\.dot$/), expect.stringMatching(/\.png$/)]),
    );
  });
});

describe('what a user got wrong', () => {
  it('is told by kubectl describe within seconds, for every fault at once, and runs nothing', async () => {
    const broken = await transform((written) => {
      written.metadata.name = 'broken';
      written.spec.src.minio.key = 'broken/';
      written.spec.pipeline.elements.push({ name: 'x246enc' }, { name: 'queue', properties: { 'max-size-bufers': 1 } });
    });
    await apply(broken, '-n', namespace);
    await eventually('Ready=False', 30, async () => (await tenant.condition('broken', 'Ready'))?.status === 'False');
    const described = await kubectl(['describe', 'transform', 'broken', '-n', namespace]);
    expect(described).toContain('did you mean `x264enc`');
    expect(described).toContain('max-size-buffers');
    expect(await table('transform', 'broken')).toMatchObject([{ NAME: 'broken', STATUS: 'Invalid' }]);
  });

  it('gets no requests: what is uploaded for it is told of, and that is all', async () => {
    // MinIO tells of the whole bucket, so that it is the dispatcher that makes nothing of it
    await apply(
      await transform((written) => {
        written.metadata.name = 'all';
        written.spec.src.minio.key = '';
        written.spec.src.minio.include = '^all/';
        written.spec.sink.minio.key = 'mp4/all.mp4';
      }),
      '-n',
      namespace,
    );
    await eventually('MinIO told', 60, async () => (await tenant.condition('all', 'Notifications'))?.status === 'True');
    await tenant.upload('broken/clip.mkv');
    await tenant.upload('all/clip.mkv');
    // what came after it goes all the way
    await tenant.output('mp4/all.mp4', 120);
    const told = (await logsOf('source')).split('\n').filter((line) => line.includes(bucket) && line.includes('broken/clip.mkv'));
    expect(told).toHaveLength(1);
    expect(await tenant.jobs(['broken/clip.mkv'])).toEqual([]);
    const asked = await logsOf('dispatcher');
    expect(asked).toContain('all/clip.mkv');
    expect(asked).not.toContain('broken/clip.mkv');
  });

  it('is told by the Job where it is the file, once, and nothing is tried again', async () => {
    await tenant.storage.client.putObject(bucket, 'drop/no-media.mp4', Buffer.from('this is no film\n'.repeat(100)));
    const job = await eventually('a failed Job', 120, async () => {
      const found = await tenant.job('drop/no-media.mp4');
      // its dead letter may be there before its result
      return found?.status?.state === 'Failed' && found.status.error.code !== 'DEAD_LETTERED' && found;
    });
    expect(job.status.error).toMatchObject({ class: 'permanent', message: expect.stringMatching(/media/) });
    await eventually('the dead letter counted', 60, async () => {
      const { status } = await get('jobs.pipelines.gst.io', job.metadata.name, '-n', namespace);
      return condition({ status }, 'DeadLettered') && status.runs === 1 && status.deadLetter.times === 1;
    });
    expect((await tenant.storage.versions(bucket, 'mp4/no-media')).size).toBe(0);
  });
});
