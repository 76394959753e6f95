/** `execution: job` on one machine: each request is a process of its own, which runs it and ends. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decode } from '../../../cli/demo/verify.ts';
import type { JobRecord } from '../../../lib/jobs/index.ts';
import { makeClip } from '../../support/clips.ts';
import { type DevBench, jobTimeout, startDevBench, type TestTransform } from '../../support/dev.ts';
import { lives } from '../../support/engine.ts';
import { until } from '../../support/until.ts';

const run = promisify(execFile);
const main = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url));
let bench: DevBench;

beforeAll(async () => {
  const encoder = [{ name: 'x264enc', properties: { 'speed-preset': 'ultrafast' } }, { name: 'mp4mux' }];
  const slowly = { name: 'identity', properties: { 'sleep-time': 150_000 } };
  const transforms: TestTransform[] = [
    {
      name: 'long',
      bucket: 'media',
      prefix: 'in/',
      sink: { key: 'out/{{ .SrcName }}.mp4' },
      elements: [{ name: 'decodebin' }, slowly, { name: 'videoconvert' }, ...encoder],
      execution: 'job',
    },
  ];
  bench = await startDevBench(transforms, { workers: 1 });
  const clip = await makeClip(bench.folder, 'clip.mkv', { audio: false });
  // MinIO looks into its queue every 3 s
  await Promise.all([
    bench.client.fPutObject('media', 'in/killed.mkv', clip),
    bench.client.putObject('media', 'in/text.mkv', Buffer.from('not a film\n'.repeat(100))),
  ]);
});
afterAll(() => bench?.close());

async function command(...args: string[]) {
  const { stdout } = await run(process.execPath, [main, ...args, '--data', bench.dev.place.dataDir, '--json']);
  return JSON.parse(stdout);
}

const deliveries = (key: string) => {
  const ids = bench.of('requested', key).map(({ id }) => id);
  return bench.deliveries
    .filter(({ event, trigger }) => ids.includes(event.id) && trigger !== 'recorder')
    .map(({ trigger, outcome }) => [trigger, outcome]);
};

async function record(key: string): Promise<JobRecord> {
  const job = String(bench.of('requested', key)[0]?.subject);
  return JSON.parse(await readFile(join(bench.dev.place.jobsDir, 'default', `${job}.json`), 'utf8'));
}

const isIn = (key: string, state: string) => () =>
  record(key).then(
    ({ status }) => status?.state === state,
    () => false,
  );

describe('a Transform with execution: job', () => {
  it('runs in a process that goes when it is done; one that is killed is tried again', async () => {
    await until(() => bench.of('started', 'in/killed.mkv').length === 1, jobTimeout);
    const [victim = 0, ...others] = bench.dev.oneShots();
    expect(others).toEqual([]);
    process.kill(victim, 'SIGKILL');
    expect((await bench.end('in/killed.mkv')).kind).toBe('succeeded');
    await bench.quiet();
    expect(bench.of('started', 'in/killed.mkv')).toHaveLength(2);
    expect(deliveries('in/killed.mkv')).toEqual([
      ['transcode-job', 'retry'],
      ['transcode-job', 'done'],
    ]);
    expect((await record('in/killed.mkv')).status).toMatchObject({ state: 'Finished', runs: 2 });
    await bench.client.fGetObject('media', 'out/killed.mp4', join(bench.folder, 'killed.mp4'));
    expect((await decode(join(bench.folder, 'killed.mp4'))).streams).toMatchObject([{ codec: 'h264', frames: 15 }]);
    expect(bench.dev.oneShots()).toEqual([]);
    expect(await lives(victim)).toBe(false);
    expect(await bench.scratch()).toEqual([]);
  });

  it('fails once and for all where nothing else can come of it', async () => {
    expect((await bench.end('in/text.mkv')).kind).toBe('failed');
    await bench.quiet();
    expect(bench.of('failed', 'in/text.mkv')).toHaveLength(1);
    expect(bench.of('retrying', 'in/text.mkv')).toEqual([]);
    expect(deliveries('in/text.mkv')).toEqual([['transcode-job', 'done']]);
    expect((await record('in/text.mkv')).status).toMatchObject({ state: 'Failed' });
  });

  it('is asked for again by the commands: all that has no output, or one Job', async () => {
    const text = String(bench.of('requested', 'in/text.mkv')[0]?.subject);
    const asked = [{ job: text, bucket: 'media', key: 'in/text.mkv' }];
    const before = bench.of('requested').length;
    expect(await command('backfill', 'long', '--dry-run')).toMatchObject({ dryRun: true, asked });
    expect(bench.of('requested')).toHaveLength(before);
    expect(await command('backfill', 'long')).toMatchObject({ dryRun: false, asked });
    expect((await bench.end('in/text.mkv', 2)).kind).toBe('failed');
    const killed = String(bench.of('requested', 'in/killed.mkv')[0]?.subject);
    expect(await command('retry', killed)).toMatchObject({ asked: killed });
    expect((await bench.end('in/killed.mkv', 2)).event.data).toMatchObject({ reused: true });
    await expect(command('retry', 'long-none')).rejects.toMatchObject({ code: 2 });
  });

  it('stops when it is cancelled, or never begins; leaves nothing, and runs again when that is asked for', async () => {
    // 450 frames, each of which takes 150 ms: the run lasts until it is stopped
    const longer = await makeClip(bench.folder, 'longer.mkv', { audio: false, seconds: 30 });
    await bench.client.fPutObject('media', 'in/last.mkv', longer);
    await until(() => bench.of('started', 'in/last.mkv').length === 1, jobTimeout);
    const job = String(bench.of('requested', 'in/last.mkv')[0]?.subject);
    await until(isIn('in/last.mkv', 'InProgress'));
    await bench.client.fPutObject('media', 'in/queued.mkv', longer);
    await until(() => bench.of('requested', 'in/queued.mkv').length === 1, jobTimeout);
    await until(isIn('in/queued.mkv', 'Pending'));
    const queued = String(bench.of('requested', 'in/queued.mkv')[0]?.subject);
    expect(await command('cancel', queued)).toEqual({ namespace: 'default', name: queued });
    expect(await command('cancel', job)).toEqual({ namespace: 'default', name: job });
    expect((await bench.end('in/last.mkv')).event.data).toMatchObject({ reason: 'cancelled' });
    await bench.quiet();
    for (const name of ['last', 'queued']) {
      expect((await record(`in/${name}.mkv`)).status).toMatchObject({ state: 'Finished', reason: 'cancelled' });
      expect(deliveries(`in/${name}.mkv`)).toEqual([['transcode-job', 'done']]);
      await expect(bench.client.statObject('media', `out/${name}.mp4`)).rejects.toThrow();
    }
    expect(bench.of('started', 'in/queued.mkv')).toEqual([]);
    expect(await bench.scratch()).toEqual([]);
    await command('retry', job);
    await until(() => bench.of('started', 'in/last.mkv').length === 2, jobTimeout);
  });

  it('ends with dev', async () => {
    const [pid = 0] = bench.dev.oneShots();
    expect(await lives(pid)).toBe(true);
    await bench.dev.close(0);
    expect(await lives(pid)).toBe(false);
  });
});
