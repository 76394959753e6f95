import { describe, expect, it } from 'vitest';
import { eventually } from './support/eventually.ts';
import { sweep } from './support/inside.ts';
import { get, type Json, kubectl, run } from './support/kubectl.ts';
import { lasting, useTenant } from './support/tenant.ts';

const tenant = useTenant('gst-e2e-by-hand', 'by-hand');
const { namespace, bucket } = tenant;

/** As a person types it. */
const command = (...args: string[]) => run(process.execPath, ['cli/main.ts', ...args, '-n', namespace]);
const annotate = (kind: string, name: string, annotation: string) =>
  kubectl(['annotate', kind, name, '-n', namespace, `pipelines.gst.io/${annotation}=`]);

const outputs = async () => [...(await tenant.storage.versions(bucket, 'out/')).entries()].sort();
const inState = (key: string, state: string, seconds = 180): Promise<Json> =>
  eventually(`a Job ${state}`, seconds, async () => {
    const job = await tenant.job(key);
    return job?.status?.state === state && job;
  });
const backfilled = (name: string) =>
  eventually(
    'the annotation gone',
    60,
    async () => (await get('transform', name, '-n', namespace)).metadata.annotations?.['pipelines.gst.io/backfill'] === undefined,
  );

describe('suspend and backfill', () => {
  it('nothing is asked for while it lasts; a backfill makes up for it, though it lasts', async () => {
    await tenant.put('late', (written) => {
      written.spec.suspend = true;
    });
    await eventually('Suspended', 60, async () => (await tenant.condition('late', 'Ready'))?.reason === 'Suspended');
    await tenant.put('now');
    await tenant.upload('late/clip.mkv');
    await tenant.upload('now/clip.mkv');
    // what came after it goes all the way
    await tenant.output('out/now/clip.mp4');
    expect(await tenant.jobs(['late/clip.mkv'])).toEqual([]);
    await annotate('transform', 'late', 'backfill');
    await tenant.output('out/late/clip.mp4');
    await backfilled('late');
  });

  it('the command says what has no output, and asks for that and no more', async () => {
    const done = await inState('late/clip.mkv', 'Finished');
    await tenant.upload('late/second.mkv');
    expect(await command('backfill', 'late', '--dry-run')).toBe('would ask for late/second.mkv\n1 object without output\n');
    expect(await tenant.jobs(['late/second.mkv'])).toEqual([]);
    expect(await command('backfill', 'late')).toContain(`${namespace}/late: `);
    await tenant.output('out/late/second.mp4');
    await backfilled('late');
    expect((await tenant.job('late/clip.mkv'))?.status.runs).toBe(done.status.runs);
    expect(await outputs()).toContainEqual(['out/late/clip.mp4', 1]);
  });
});

describe('cancel and retry', () => {
  const cancelled = async (key: string, cancel: (job: string) => Promise<unknown>) => {
    await tenant.upload(key);
    const { metadata } = await inState(key, 'InProgress');
    await cancel(metadata.name);
    const { status } = await inState(key, 'Finished', 60);
    expect(status.reason).toBe('cancelled');
    return metadata.name;
  };

  it('the command stops a run, which leaves nothing; asked for again it is done', async () => {
    await tenant.put('slow', lasting(22));
    const job = await cancelled('slow/command.mkv', (name) => command('cancel', name));
    expect((await outputs()).filter(([key]) => key.startsWith('out/slow/'))).toEqual([]);
    await command('retry', job);
    await sweep();
    await tenant.output('out/slow/command.mp4');
    const { status } = await inState('slow/command.mkv', 'Finished');
    expect(status.runs).toBe(2);
    expect((await outputs()).filter(([key]) => key.startsWith('out/slow/'))).toEqual([['out/slow/command.mp4', 1]]);
  });

  it('annotations do the same', async () => {
    const job = await cancelled('slow/annotation.mkv', (name) => annotate('jobs.pipelines.gst.io', name, 'cancel'));
    await annotate('jobs.pipelines.gst.io', job, 'retry');
    await sweep();
    await tenant.output('out/slow/annotation.mp4');
    await inState('slow/annotation.mkv', 'Finished');
    expect(await outputs()).toContainEqual(['out/slow/annotation.mp4', 1]);
  });
});
