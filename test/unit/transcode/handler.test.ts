import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault, type FaultCode } from '../../../lib/errors.ts';
import { untilStopped, writeOutputs } from '../../support/fake-engine.ts';
import { requestedEvent } from '../../support/requests.ts';
import { type FakeTranscode, fakeTranscode } from '../../support/transcode-fakes.ts';
import { until } from '../../support/until.ts';

let transcode: FakeTranscode;
beforeEach(async () => {
  transcode = await fakeTranscode();
});
afterEach(() => transcode.remove());

describe('the answer to the Broker', () => {
  it('is 204 after a success, with an empty body, events posted in their order', async () => {
    const data = transcode.request({ source: await transcode.source('in/a.mkv'), sinks: { out: 'media/out/a.mp4' } });
    const response = await transcode.ask(data);
    expect(response.status).toBe(204);
    expect(await response.text()).toBe('');
    expect(transcode.kinds()).toEqual(['started', 'succeeded']);
    expect(transcode.events.map(({ id }) => id)).toEqual(['RUN1.0', 'RUN1.1']);
    for (const event of transcode.events) {
      expect(event).toMatchObject({
        subject: data.job,
        causationid: data.job,
        correlationid: 'first-cause',
        source: '/transcode',
      });
    }
  });

  it('is followed by a spare child for the next one, whatever it was', async () => {
    let reserved = 0;
    transcode.engine.reserve = () => void reserved++;
    const data = transcode.request({ source: await transcode.source('in/a.mkv'), sinks: { out: 'media/out/a.mp4' } });
    await transcode.ask(data);
    await until(() => reserved === 1);
    transcode.engine.plays(async () => {
      throw new Fault('CHILD_CRASHED');
    });
    await transcode.ask(transcode.request({ source: await transcode.source('in/b.mkv'), sinks: { out: 'media/out/b.mp4' } }));
    await until(() => reserved === 2);
  });

  const faults: Array<[code: FaultCode, status: number, kind: string]> = [
    ['MEDIA_CORRUPT', 422, 'failed'],
    ['TIMEOUT', 422, 'failed'],
    ['PIPELINE_INVALID', 422, 'failed'],
    ['STORAGE_UNREACHED', 503, 'retrying'],
    ['CHILD_CRASHED', 503, 'retrying'],
    ['SOURCE_STALLED', 503, 'retrying'],
    ['SCRATCH_FULL', 503, 'retrying'],
    ['SOURCE_SUPERSEDED', 204, 'skipped'],
    ['SOURCE_GONE', 204, 'skipped'],
  ];
  it.each(faults)('is, where the run fails with %s, %i after an event %s', async (code, status, kind) => {
    transcode.engine.plays(async () => {
      throw new Fault(code, {}, { element: 'dbin/qtdemux0', debug: 'words of GStreamer' });
    });
    const response = await transcode.ask(
      transcode.request({ source: await transcode.source('in/a.mkv'), sinks: { out: 'media/out/a.mp4' } }),
    );
    expect(response.status).toBe(status);
    expect(await response.text()).toBe('');
    expect(transcode.kinds().at(-1)).toBe(kind);
    if (kind !== 'skipped') {
      expect(transcode.events.at(-1)?.data.error).toMatchObject({ code, element: 'dbin/qtdemux0', debug: 'words of GStreamer' });
    }
    expect(await transcode.store.stat('media', 'out/a.mp4')).toBeUndefined();
    expect(await transcode.scratch()).toEqual([]);
  });

  it('is 503 where nobody foresaw the error, and the event says INTERNAL', async () => {
    transcode.engine.plays(async () => {
      throw new TypeError('x is not a function');
    });
    const response = await transcode.ask(
      transcode.request({ source: await transcode.source('in/a.mkv'), sinks: { out: 'media/out/a.mp4' } }),
    );
    expect(response.status).toBe(503);
    expect(transcode.events.at(-1)?.data.error).toMatchObject({ code: 'INTERNAL', class: 'transient' });
  });

  it('is 503 where the result cannot be posted, and the redelivery finds the work done', async () => {
    const data = transcode.request({ source: await transcode.source('in/a.mkv'), sinks: { out: 'media/out/a.mp4' } });
    transcode.refuse('succeeded');
    expect((await transcode.ask(data)).status).toBe(503);
    transcode.refuse();
    expect((await transcode.ask(data)).status).toBe(204);
    expect(transcode.events.at(-1)?.data).toMatchObject({ reused: true, run: 'RUN2', outputs: [{ key: 'out/a.mp4' }] });
    expect(transcode.engine.runs).toHaveLength(1);
  });

  it('does not depend on whether "started" could be posted', async () => {
    transcode.refuse('started', 'progress');
    expect(
      (await transcode.ask(transcode.request({ source: await transcode.source('in/a.mkv'), sinks: { out: 'media/out/a.mp4' } })))
        .status,
    ).toBe(204);
    expect(transcode.kinds()).toEqual(['succeeded']);
  });

  it('is 400 for a request that is not signed with the key, or was changed since, and nothing runs', async () => {
    const data = transcode.request({ source: await transcode.source('in/a.mkv'), sinks: { out: 'media/out/a.mp4' } });
    expect((await transcode.ask(data, { key: 'another key' })).status).toBe(400);
    const event = requestedEvent(data);
    const changed = event.cloneWith({ data: { ...data, sinks: [{ ...data.sinks[0], key: 'elsewhere' }] } } as never);
    expect((await transcode.send(changed)).status).toBe(400);
    const unsigned = JSON.parse(JSON.stringify(event));
    unsigned.signature = undefined;
    expect((await transcode.send(unsigned)).status).toBe(400);
    expect(transcode.engine.runs).toEqual([]);
    expect(transcode.events).toEqual([]);
    expect((await transcode.send(event)).status).toBe(204);
  });
});

describe('one object at a time', () => {
  it('a second request is told 429 and when to come again; the next one after the first is taken', async () => {
    const go = Promise.withResolvers<void>();
    transcode.engine.plays(async (request) => {
      await go.promise;
      await writeOutputs(request);
      return undefined;
    });
    const first = transcode.ask(
      transcode.request({ source: await transcode.source('in/a.mkv'), sinks: { out: 'media/out/a.mp4' } }),
    );
    await until(() => transcode.engine.runs.length === 1);
    const other = transcode.request({ source: await transcode.source('in/b.mkv'), sinks: { out: 'media/out/b.mp4' } });
    const busy = await transcode.ask(other);
    expect(busy.status).toBe(429);
    expect(Number(busy.headers.get('retry-after'))).toBeGreaterThan(0);
    go.resolve();
    expect((await first).status).toBe(204);
    expect((await transcode.ask(other)).status).toBe(204);
  });
});

describe('stopping', () => {
  it('a process that drains takes nothing new: 503', async () => {
    transcode.lifecycle.drain();
    const response = await transcode.ask(
      transcode.request({ source: await transcode.source('in/a.mkv'), sinks: { out: 'media/out/a.mp4' } }),
    );
    expect(response.status).toBe(503);
    expect(transcode.engine.runs).toEqual([]);
  });

  it('the end of the time to drain stops the run: 503, nothing left', async () => {
    transcode.engine.plays(async (request, _observer, signal) => {
      await writeOutputs(request);
      return untilStopped(signal);
    });
    const asked = transcode.ask(
      transcode.request({ source: await transcode.source('in/a.mkv'), sinks: { out: 'media/out/a.mp4' } }),
    );
    await until(() => transcode.engine.runs.length === 1);
    transcode.lifecycle.abort(new Fault('SHUTTING_DOWN'));
    expect((await asked).status).toBe(503);
    expect(transcode.events.at(-1)?.data.error.code).toBe('SHUTTING_DOWN');
    expect(await transcode.store.stat('media', 'out/a.mp4')).toBeUndefined();
    expect(await transcode.scratch()).toEqual([]);
  });

  const shares: Array<[share: number, stopped: boolean]> = [
    [0.2, true],
    [0.49, true],
    [0.5, false],
    [0.9, false],
  ];
  it.each(shares)('a caller that goes away at %d of the duration: stopped %s', async (share, stopped) => {
    const gone = new AbortController();
    const looked = Promise.withResolvers<boolean>();
    transcode.engine.plays(async (request, observer, signal) => {
      observer.onProgress?.({ position: share * 10, duration: 10, bytesIn: 0, bytesOut: 0 });
      gone.abort();
      looked.resolve(signal.aborted);
      signal.throwIfAborted();
      await writeOutputs(request);
      return undefined;
    });
    const data = transcode.request({ source: await transcode.source('in/a.mkv'), sinks: { out: 'media/out/a.mp4' } });
    const answer = await transcode.ask(data, { signal: gone.signal });
    expect(await looked.promise).toBe(stopped);
    expect(answer.status).toBe(stopped ? 503 : 204);
    expect((await transcode.store.stat('media', 'out/a.mp4')) !== undefined).toBe(!stopped);
    if (stopped) expect(transcode.events.at(-1)?.data.error.code).toBe('CANCELLED');
  });
});

describe('progress', () => {
  it('is told when it moved by a percent, and not more often than the interval', async () => {
    await transcode.remove();
    transcode = await fakeTranscode({ progressInterval: 0 });
    transcode.engine.plays(async (request, observer) => {
      for (const position of [1, 1.005, 2, 2.001, 3]) observer.onProgress?.({ position, duration: 100, bytesIn: 1, bytesOut: 2 });
      await writeOutputs(request);
      return undefined;
    });
    await transcode.ask(transcode.request({ source: await transcode.source('in/a.mkv'), sinks: { out: 'media/out/a.mp4' } }));
    const told = transcode.events.filter(({ type }) => type.endsWith('progress')).map(({ data }) => data.percent);
    expect(told).toEqual([1, 2, 3]);
  });

  it('waits for the interval', async () => {
    await transcode.remove();
    transcode = await fakeTranscode({ progressInterval: 60_000 });
    transcode.engine.plays(async (request, observer) => {
      for (const position of [10, 20, 30]) observer.onProgress?.({ position, duration: 100, bytesIn: 1, bytesOut: 2 });
      await writeOutputs(request);
      return undefined;
    });
    await transcode.ask(transcode.request({ source: await transcode.source('in/a.mkv'), sinks: { out: 'media/out/a.mp4' } }));
    expect(transcode.kinds().filter((kind) => kind === 'progress')).toHaveLength(1);
  });
});
