import { afterEach, describe, expect, it } from 'vitest';
import { untilStopped } from '../../support/fake-engine.ts';
import { type FakeTranscode, fakeTranscode } from '../../support/transcode-fakes.ts';
import { until } from '../../support/until.ts';

let transcode: FakeTranscode;
afterEach(() => transcode.remove());

const request = async () => transcode.request({ source: await transcode.source('in/a.mkv'), sinks: { out: 'media/out/a.mp4' } });

describe('a job that is cancelled', () => {
  it('while it runs is stopped, told as skipped, and never delivered again', async () => {
    let cancelled = false;
    const asked: string[][] = [];
    const isCancelled = async (...job: string[]) => {
      asked.push(job);
      return cancelled;
    };
    transcode = await fakeTranscode({ cancel: { isCancelled, interval: 5 } });
    transcode.engine.plays((_request, _observer, signal) => untilStopped(signal));
    const data = await request();
    const answer = transcode.ask(data);
    await until(() => transcode.engine.runs.length === 1 && asked.length > 1);
    cancelled = true;
    expect((await answer).status).toBe(204);
    expect(transcode.kinds()).toEqual(['started', 'skipped']);
    expect(transcode.events.at(-1)?.data).toMatchObject({ reason: 'cancelled', message: 'The job was cancelled.' });
    expect(new Set(asked.map(String))).toEqual(new Set([`${data.transform.namespace},${data.job}`]));
    expect(await transcode.store.stat('media', 'out/a.mp4')).toBeUndefined();
    expect(await transcode.scratch()).toEqual([]);
  });

  it('before its turn never begins, however slowly the record is read', async () => {
    const isCancelled = () => new Promise<boolean>((resolve) => setTimeout(resolve, 50, true));
    transcode = await fakeTranscode({ cancel: { isCancelled, interval: 5 } });
    expect((await transcode.ask(await request())).status).toBe(204);
    expect(transcode.kinds()).toEqual(['skipped']);
    expect(transcode.events.at(-1)?.data).toMatchObject({ reason: 'cancelled' });
    expect(transcode.engine.runs).toEqual([]);
    expect(await transcode.store.stat('media', 'out/a.mp4')).toBeUndefined();
  });

  it('costs those nothing that cannot be looked at, and nobody looks after the end', async () => {
    let looks = 0;
    const isCancelled = async () => {
      looks++;
      throw new Error('the API server is away');
    };
    transcode = await fakeTranscode({ cancel: { isCancelled, interval: 1 } });
    expect((await transcode.ask(await request())).status).toBe(204);
    expect(transcode.kinds().at(-1)).toBe('succeeded');
    const then = looks;
    expect(then).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 20)); // time in which it would look, did it go on
    expect(looks).toBe(then);
  });
});
