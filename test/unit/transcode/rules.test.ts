/** Done already, newer source, someone else's output, loops: what is read from the objects and their marks. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sourceMark } from '../../../functions/transcode/marks.ts';
import { Fault } from '../../../lib/errors.ts';
import { writeOutputs } from '../../support/fake-engine.ts';
import { type FakeTranscode, fakeTranscode } from '../../support/transcode-fakes.ts';

let transcode: FakeTranscode;
beforeEach(async () => {
  transcode = await fakeTranscode();
});
afterEach(() => transcode.remove());

const put = (key: string, metadata: Record<string, string>, content = 'other') =>
  transcode.store.put('media', key, Buffer.from(content), { contentType: 'video/mp4', metadata });
const text = async (key: string) => Buffer.from((await transcode.store.get('media', key)) ?? []).toString();

describe('marks', () => {
  it('say job, source and chain on every output, next to what the sink asks for', async () => {
    const source = await transcode.source('in/a b.mkv');
    const sink = { bucket: 'media', key: 'out/a.mp4', metadata: { department: 'Übung' }, contentType: 'video/x-mine' };
    const data = transcode.request({ source, sinks: { out: sink } });
    expect((await transcode.ask(data)).status).toBe(204);
    const stat = await transcode.store.stat('media', 'out/a.mp4');
    expect(stat?.contentType).toBe('video/x-mine');
    expect(stat?.metadata).toEqual({
      department: 'Übung',
      'gst-job': data.job,
      'gst-source': `${source.etag} media/in/a%20b.mkv`,
      'gst-chain': 'default/test',
    });
  });

  it('of a long key hold a hash in place of it', () => {
    const mark = sourceMark({ bucket: 'media', key: 'x'.repeat(900), etag: 'e' });
    expect(mark).toMatch(/^e sha256:[0-9a-f]{64}$/);
    expect(mark).not.toBe(sourceMark({ bucket: 'media', key: `${'x'.repeat(899)}y`, etag: 'e' }));
  });
});

describe('done already', () => {
  it('all outputs are there: the same success again, no work', async () => {
    const data = transcode.request({
      source: await transcode.source('in/a.mkv'),
      sinks: { video: 'media/out/v', audio: 'media/out/a' },
    });
    await transcode.ask(data);
    await transcode.ask(data);
    expect(transcode.engine.runs).toHaveLength(1);
    const [first, again] = transcode.events.filter(({ type }) => type.endsWith('succeeded'));
    expect(again?.data.outputs).toEqual(first?.data.outputs);
    expect([first?.data.reused, again?.data.reused]).toEqual([false, true]);
  });

  it('one of two outputs is missing: all is done again', async () => {
    const data = transcode.request({
      source: await transcode.source('in/a.mkv'),
      sinks: { video: 'media/out/v', audio: 'media/out/a' },
    });
    await transcode.ask(data);
    await transcode.store.remove('media', 'out/a');
    expect((await transcode.ask(data)).status).toBe(204);
    expect(transcode.engine.runs).toHaveLength(2);
    expect(await text('out/a')).toBe('made');
  });

  it('an output was left out for want of its stream: the rest counts as all', async () => {
    transcode.engine.plays(async (request) => {
      await writeOutputs({ ...request, outputs: request.outputs.filter(({ name }) => name === 'video') });
      return { skippedOutputs: ['audio'], skippedStreams: ['queue'] };
    });
    const data = transcode.request({
      source: await transcode.source('in/a.mkv'),
      sinks: { video: 'media/out/v', audio: 'media/out/a' },
    });
    await transcode.ask(data);
    await transcode.ask(data);
    expect(transcode.engine.runs).toHaveLength(1);
    expect(
      transcode.events.findLast(({ type }) => type.endsWith('succeeded'))?.data.outputs.map(({ name }: { name: string }) => name),
    ).toEqual(['video']);
  });

  it('another attempt finished while this one ran: its output stays', async () => {
    const data = transcode.request({ source: await transcode.source('in/a.mkv'), sinks: { out: 'media/out/a.mp4' } });
    transcode.engine.plays(async (request) => {
      await writeOutputs(request, 'mine');
      await put('out/a.mp4', { 'gst-job': data.job, 'gst-source': sourceMark(data.source) }, 'theirs');
      return undefined;
    });
    expect((await transcode.ask(data)).status).toBe(204);
    expect(await text('out/a.mp4')).toBe('theirs');
    expect(transcode.events.at(-1)?.data.reused).toBe(true);
  });
});

describe('a newer source', () => {
  it('replaced before the run: skipped, superseded, nothing runs', async () => {
    const source = await transcode.source('in/a.mkv');
    await transcode.source('in/a.mkv', 'newer');
    expect((await transcode.ask(transcode.request({ source, sinks: { out: 'media/out/a.mp4' } }))).status).toBe(204);
    expect(transcode.events.at(-1)?.data.reason).toBe('superseded');
    expect(transcode.kinds()).toEqual(['skipped']);
    expect(transcode.engine.runs).toEqual([]);
  });

  it('replaced while it runs: superseded, no output', async () => {
    const source = await transcode.source('in/a.mkv');
    transcode.engine.plays(async (request) => {
      await writeOutputs(request);
      await transcode.source('in/a.mkv', 'newer');
      return undefined;
    });
    expect((await transcode.ask(transcode.request({ source, sinks: { out: 'media/out/a.mp4' } }))).status).toBe(204);
    expect(transcode.events.at(-1)?.data.reason).toBe('superseded');
    expect(await transcode.store.stat('media', 'out/a.mp4')).toBeUndefined();
  });

  it('deleted: gone', async () => {
    const source = await transcode.source('in/a.mkv');
    await transcode.store.remove('media', 'in/a.mkv');
    expect((await transcode.ask(transcode.request({ source, sinks: { out: 'media/out/a.mp4' } }))).status).toBe(204);
    expect(transcode.events.at(-1)?.data.reason).toBe('gone');
  });
});

describe('an object at the output key', () => {
  it('that was not made from this source: OUTPUT_COLLISION, and it stays', async () => {
    await put('out/a.mp4', {});
    expect(
      (await transcode.ask(transcode.request({ source: await transcode.source('in/a.mkv'), sinks: { out: 'media/out/a.mp4' } })))
        .status,
    ).toBe(422);
    expect(transcode.events.at(-1)?.data.error.code).toBe('OUTPUT_COLLISION');
    expect(await text('out/a.mp4')).toBe('other');
  });

  it('made from a.mov when a.mkv comes: OUTPUT_COLLISION, the first stays', async () => {
    await transcode.ask(transcode.request({ source: await transcode.source('in/a.mov'), sinks: { out: 'media/out/a.mp4' } }));
    const status = (
      await transcode.ask(transcode.request({ source: await transcode.source('in/a.mkv'), sinks: { out: 'media/out/a.mp4' } }))
    ).status;
    expect(status).toBe(422);
    expect((await transcode.metadata('media', 'out/a.mp4'))?.['gst-source']).toContain('media/in/a.mov');
  });

  it('made from an earlier content of this source is replaced', async () => {
    const sinks = { out: 'media/out/a.mp4' };
    await transcode.ask(transcode.request({ source: await transcode.source('in/a.mkv', 'one'), sinks }));
    const second = transcode.request({ source: await transcode.source('in/a.mkv', 'two'), sinks });
    expect((await transcode.ask(second)).status).toBe(204);
    expect((await transcode.metadata('media', 'out/a.mp4'))?.['gst-job']).toBe(second.job);
  });

  it('of whatever kind is replaced where the sink says overwrite', async () => {
    await put('out/a.mp4', {});
    const sink = { bucket: 'media', key: 'out/a.mp4', overwrite: true };
    expect(
      (await transcode.ask(transcode.request({ source: await transcode.source('in/a.mkv'), sinks: { out: sink } }))).status,
    ).toBe(204);
    expect(await text('out/a.mp4')).toBe('made');
  });
});

describe('loops', () => {
  const chained = async (chain: string) => {
    const { etag, size } = await put('in/made.mp4', { 'gst-chain': chain }, 'an output');
    return { bucket: 'media', key: 'in/made.mp4', etag, size };
  };

  it('an output of the same Transform is skipped', async () => {
    const source = await chained('default/first,default/test');
    expect((await transcode.ask(transcode.request({ source, sinks: { out: 'media/out/a.mp4' } }))).status).toBe(204);
    expect(transcode.events.at(-1)?.data.reason).toBe('loop');
    expect(transcode.engine.runs).toEqual([]);
  });

  it('one of another Transform is taken, and the chain goes on', async () => {
    const source = await chained('default/first');
    expect((await transcode.ask(transcode.request({ source, sinks: { out: 'media/out/a.mp4' } }))).status).toBe(204);
    expect((await transcode.metadata('media', 'out/a.mp4'))?.['gst-chain']).toBe('default/first,default/test');
  });

  it('a chain of sixteen ends', async () => {
    const source = await chained(Array.from({ length: 16 }, (_, n) => `default/t${n}`).join(','));
    await transcode.ask(transcode.request({ source, sinks: { out: 'media/out/a.mp4' } }));
    expect(transcode.events.at(-1)?.data.reason).toBe('loop');
  });
});

describe('a graph', () => {
  it('is checked while the storage is asked for source and output; where it is refused, nothing runs', async () => {
    const asked = vi.spyOn(transcode.store, 'stat');
    let before: string[] = [];
    const refusing = await fakeTranscode({
      store: async () => transcode.store,
      admit: ({ pipeline }) => ({
        limits: pipeline.limits,
        graph() {
          before = asked.mock.calls.map(([, key]) => key);
          throw new Fault('PIPELINE_REFUSED', { cause: 'filesink' });
        },
      }),
    });
    try {
      const data = refusing.request({ source: await transcode.source('in/a.mkv'), sinks: { out: 'media/out/a.mp4' } });
      expect((await refusing.ask(data)).status).toBe(422);
      expect(before).toEqual(['in/a.mkv', 'out/a.mp4']);
      expect(refusing.kinds()).toEqual(['failed']);
      expect(refusing.engine.runs).toEqual([]);
    } finally {
      await refusing.remove();
    }
  });
});

describe('limits that are known before the run', () => {
  it('an empty object is MEDIA_EMPTY', async () => {
    const source = await transcode.source('in/a.mkv', '');
    expect((await transcode.ask(transcode.request({ source, sinks: { out: 'media/out/a.mp4' } }))).status).toBe(422);
    expect(transcode.events.at(-1)?.data.error.code).toBe('MEDIA_EMPTY');
  });

  it('an object over inputBytes is INPUT_TOO_LARGE', async () => {
    const source = await transcode.source('in/a.mkv');
    const data = transcode.request({ source, sinks: { out: 'media/out/a.mp4' }, limits: { inputBytes: source.size - 1 } });
    expect((await transcode.ask(data)).status).toBe(422);
    expect(transcode.events.at(-1)?.data.error.code).toBe('INPUT_TOO_LARGE');
    expect(transcode.engine.runs).toEqual([]);
  });
});
