import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobRecord } from '../../../functions/reconciler/jobs.ts';
import { jobId, type Result } from '../../../lib/events/index.ts';
import type { Requested } from '../../../lib/events/types.ts';
import { applyDeadLetter, applyResult, requestedRecord } from '../../../lib/jobs/index.ts';
import { resolved } from '../../support/transforms.ts';
import { jobPath, minute, mp4, type SweepBench, startSweepBench } from './sweep-support.ts';

const day = 24 * 60; // minutes

let bench: SweepBench;
beforeEach(async () => {
  bench = await startSweepBench();
});
afterEach(() => bench.close());

const ago = (minutes: number) => new Date(bench.now.getTime() - minutes * minute).toISOString();
const now = (job: JobRecord): JobRecord | undefined => bench.server.get(jobPath(job));

/** The request for an object, as the sweep itself makes it; the object is at rest from then on. */
async function request(): Promise<Requested> {
  await bench.sweptUntil(30);
  await bench.object('drop/a.mkv', 20);
  await bench.sweptUntil(5);
  return bench.asked.splice(0)[0] as Requested;
}

/** A record that was due so many minutes ago. */
async function due(minutes: number): Promise<JobRecord> {
  const job = bench.recorded(await request(), { state: 'Pending', nextRequestTime: ago(minutes) });
  await bench.keep(job);
  return job;
}

/** A Transform after a slip: what its key template gives no object may have. */
const climbing = resolved({
  name: 'mp4',
  namespace: 'team',
  spec: { sink: { minio: { key: '{{ if contains "a.mkv" .SrcKey }}../{{ end }}{{ .SrcName }}.mp4' } } },
});

describe('the sweep of Jobs', () => {
  it('asks for those whose time has come, under the same job, and not again at once', async () => {
    const { metadata } = await due(1);
    expect(await bench.round()).toEqual(['drop/a.mkv']);
    expect(bench.asked.at(-1)?.job).toBe(metadata.name);
    await bench.look();
    bench.later(5);
    expect(await bench.round()).toEqual([]);
  });

  it('leaves those to wait whose Transform is suspended, or not there, until that is taken up again', async () => {
    const job = await due(1);
    for (const transforms of [[{ ...mp4, suspend: true }], []]) {
      expect(await bench.round(transforms)).toEqual([]);
      expect(now(job)).toMatchObject({ status: job.status });
    }
    expect(await bench.round()).toEqual(['drop/a.mkv']);
  });

  it('takes a cancellation back where somebody wants a Job once more', async () => {
    const job = await due(1);
    const annotations = { 'pipelines.gst.io/retry': '', 'pipelines.gst.io/cancel': '' };
    await bench.keep({ ...job, metadata: { ...job.metadata, annotations } });
    expect(await bench.round()).toEqual(['drop/a.mkv']);
    expect(now(job)?.metadata.annotations).toEqual({});
  });

  it('asks for those first that have waited longest', async () => {
    const [{ job: name, ...rest }, waiting] = [await request(), { a: 5, b: 9, c: 7 }];
    for (const [letter, minutes] of Object.entries(waiting)) {
      const source = { ...rest.source, key: `drop/${letter}.mkv` };
      const status = { state: 'Pending' as const, nextRequestTime: ago(minutes) };
      await bench.keep(bench.recorded({ ...rest, job: `${name}${letter}`, source }, status));
    }
    expect(await bench.round([mp4], { looks: 3 })).toEqual(['drop/b.mkv', 'drop/c.mkv']);
  });

  it('leaves those alone whose time has not come', async () => {
    await due(-1);
    expect(await bench.round()).toEqual([]);
  });

  it('asks for a Job in hand of which nothing was heard for longer than a request can live', async () => {
    const job = await due(1);
    for (const [minutes, wanted] of [
      [89, []],
      [90, ['drop/a.mkv']],
    ] as const) {
      await bench.keep({ ...job, status: { state: 'InProgress', startTime: ago(minutes) } });
      expect(await bench.round()).toEqual(wanted);
    }
  });

  it('asks for what never began ever more rarely, so that a long queue stays as long as it is', async () => {
    await bench.keep(bench.recorded(await request()));
    const made = bench.now;
    const hours: number[] = [];
    for (let minutes = 0; minutes < 4 * day; minutes += 30) {
      if ((await bench.round()).length > 0) hours.push((bench.now.getTime() - made.getTime()) / (60 * minute));
      await bench.look();
      bench.later(30);
    }
    expect(hours).toEqual([1.5, 3, 6, 12, 24, 48, 72]);
  });

  it('leaves half of what it may ask for to objects that have no Job', async () => {
    const [{ job: name, ...rest }, queue] = [await request(), ['a', 'b', 'c', 'd', 'e']];
    for (const letter of queue) {
      const source = { ...rest.source, key: `drop/${letter}.mkv` };
      await bench.keep(bench.recorded({ ...rest, job: `${name}${letter}`, source }));
    }
    bench.later(90);
    await bench.object('drop/lost.mkv', 20);
    const asked = await bench.round([mp4], { looks: 4 });
    expect(asked).toHaveLength(3);
    expect(asked).toContain('drop/lost.mkv');
  });

  it('leaves a Job alone that a Kubernetes Job is there for, and its object, however long that takes', async () => {
    const job = await due(1);
    await bench.round();
    bench.atWork = bench.asked.splice(0);
    expect(bench.atWork).toHaveLength(1);
    await bench.keep({ ...job, status: { state: 'InProgress', startTime: ago(0) } });
    bench.later(1000);
    expect(await bench.round()).toEqual([]);
    bench.jobs = [];
    await bench.sweptUntil(1040);
    expect(await bench.round()).toEqual([]);
    bench.atWork = [];
    await bench.sweptUntil(1040);
    expect(await bench.round()).toEqual(['drop/a.mkv']);
  });

  it('asks for any Job that is annotated so, once', async () => {
    const job = await due(1);
    const annotations = { 'pipelines.gst.io/retry': '', other: 'kept' };
    await bench.keep({ ...job, metadata: { ...job.metadata, annotations }, status: { state: 'Failed' } });
    for (const wanted of [['drop/a.mkv'], []]) {
      expect(await bench.round()).toEqual(wanted);
      await bench.look();
    }
    expect(now(job)).toMatchObject({ metadata: { annotations: { other: 'kept' } }, status: { state: 'Failed' } });
  });

  it('leaves it to whoever changed the Job meanwhile', async () => {
    const job = await due(1);
    bench.server.put(jobPath(job), now(job));
    expect(await bench.round()).toEqual([]);
  });

  it('asks for the new work where the Transform has been changed, and removes the old Job', async () => {
    const job = await due(1);
    const changed = resolved({ name: 'mp4', namespace: 'team', spec: { pipeline: { onMissingStream: 'fail' } } });
    expect(await bench.round([changed])).toEqual(['drop/a.mkv']);
    expect(bench.asked.at(-1)?.job).not.toBe(job.metadata.name);
    expect(now(job)).toBeUndefined();
  });

  it('has a Job fail whose Transform can make no request of it any more: the output key climbs', async () => {
    const job = await due(1);
    expect(await bench.round([climbing])).toEqual([]);
    const work = bench.told.at(-1);
    expect(bench.told).toMatchObject([{ kind: 'failed', data: { error: { code: 'OUTPUT_KEY_INVALID', class: 'permanent' } } }]);
    expect(work?.job).not.toBe(job.metadata.name); // the Transform has other work now
    expect(now(job)).toBeUndefined();
    await bench.keep(applyResult(undefined, work as Result));
    bench.later(day);
    expect(await bench.round([climbing])).toEqual([]);
    expect(bench.told).toHaveLength(1);
  });

  it('has a Job fail that the Broker gave up for want of capacity, and that cannot be asked for now', async () => {
    const { job, ...rest } = await request();
    const record = requestedRecord({ job: jobId(climbing, rest.source), ...rest });
    const letter = {
      id: `${record.metadata.name}.01`,
      request: { job: record.metadata.name, ...rest },
      answer: 503,
      time: ago(60),
    };
    await bench.keep(bench.recorded({ job: record.metadata.name, ...rest }, applyDeadLetter(record, letter).status));
    bench.later(day);
    await bench.round([climbing]);
    expect(applyResult(bench.jobs[0], bench.told.at(-1) as Result).status).toMatchObject({ state: 'Failed' });
    expect(job).not.toBe(record.metadata.name);
  });
});

describe('a record of what its Transform would not take', () => {
  const forgeries: Array<[name: string, forge: (source: Requested['source']) => Requested['source']]> = [
    ['an object outside of its prefix', (source) => ({ ...source, key: 'private/a.mkv' })],
    ['an object that it leaves out', (source) => ({ ...source, key: 'drop/a.txt' })],
    ['an object of another bucket', (source) => ({ ...source, bucket: 'private' })],
  ];
  const choosy = resolved({ name: 'mp4', namespace: 'team', spec: { src: { minio: { exclude: '\\.txt$' } } } });

  it.each(forgeries)('is believed by nobody: %s', async (_name, forge) => {
    const { source, ...rest } = await request();
    const record = (object: Requested['source']) => requestedRecord({ ...rest, source: object });
    const made = (job: JobRecord) => ({ ...job, metadata: { ...job.metadata, creationTimestamp: ago(2 * day) } });
    await bench.keep(made(record(source)));
    expect(await bench.round([choosy])).toEqual(['drop/a.mkv']);
    const forged = made(record(forge(source)));
    await bench.keep(forged);
    expect(await bench.round([choosy])).toEqual([]);
    expect(now(forged)).toBeUndefined();
  });

  it('is not asked for where somebody wants it once more, and stays as it ended', async () => {
    const { source, ...rest } = await request();
    const record = requestedRecord({ ...rest, source: { ...source, key: 'private/a.mkv' } });
    const annotations = { 'pipelines.gst.io/retry': '' };
    await bench.keep({ ...record, metadata: { ...record.metadata, annotations }, status: { state: 'Failed' } });
    expect(await bench.round()).toEqual([]);
    expect(now(record)).toMatchObject({ metadata: { annotations: {} }, status: { state: 'Failed' } });
  });
});
