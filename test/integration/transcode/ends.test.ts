/** How a run ends that does not succeed: each with its own code, and nothing left behind. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fault } from '../../../lib/errors.ts';
import type { Element } from '../../../lib/graph/model.ts';
import { launch, makeClip } from '../../support/clips.ts';
import { childrenOf } from '../../support/engine.ts';
import { mp4Converter } from '../../support/pipelines.ts';
import type { RequestFields } from '../../support/requests.ts';
import { startTranscodeBench, type TranscodeBench } from '../../support/transcode.ts';
import { until } from '../../support/until.ts';

let bench: TranscodeBench;
type Source = Awaited<ReturnType<TranscodeBench['upload']>>;
let clip: Source;
let path: string;

beforeAll(async () => {
  bench = await startTranscodeBench();
  path = await makeClip(bench.folder, 'clip.mkv', { seconds: 2 });
  clip = await bench.upload('in/clip.mkv', path);
});
afterAll(() => bench?.close());

const decoded: Element[] = [{ name: 'decodebin', alias: 'd' }, { goto: 'd' }, { name: 'videoconvert' }];
/** Frames come no faster than they would be seen: two seconds for the clip. */
const slow: Element[] = [...decoded, { name: 'identity', properties: { sync: true } }, { name: 'jpegenc' }, { name: 'avimux' }];
/** One frame for ever. */
const endless: Element[] = [...decoded, { name: 'imagefreeze' }, { name: 'jpegenc' }, { name: 'avimux' }];

async function fail(fields: Partial<RequestFields>, key: string) {
  const data = bench.request({ source: clip, elements: endless, sinks: { out: `media/${key}` }, ...fields });
  const status = await bench.ask(data);
  const error = (bench.broker.last('failed', data.job) ?? bench.broker.last('retrying', data.job))?.data.error;
  expect(await bench.keys(key)).toEqual([]);
  expect(await bench.leftovers([key])).toEqual([]);
  return { status, error };
}

describe('limits', () => {
  it('of time: TIMEOUT', async () => {
    const { status, error } = await fail({ limits: { timeout: 1 } }, 'out/timeout.avi');
    expect({ status, code: error.code }).toEqual({ status: 422, code: 'TIMEOUT' });
  });

  it('of output bytes: OUTPUT_TOO_LARGE', async () => {
    const { status, error } = await fail({ limits: { outputBytes: 300_000 } }, 'out/large.avi');
    expect({ status, code: error.code }).toEqual({ status: 422, code: 'OUTPUT_TOO_LARGE' });
  });

  it('of standing still: STALLED, where a branch waits for what never comes', async () => {
    // a muxer with two inputs of one thread: the second never gets a byte, and the first waits for it
    const elements: Element[] = [
      ...decoded,
      { name: 'tee', alias: 't' },
      { name: 'jpegenc' },
      { linkto: 'mux' },
      { goto: 't' },
      { name: 'valve', properties: { drop: true } },
      { name: 'jpegenc' },
      { name: 'matroskamux', alias: 'mux' },
    ];
    const { status, error } = await fail({ elements, limits: { stall: 2 } }, 'out/stall.mkv');
    expect({ status, code: error.code }).toEqual({ status: 422, code: 'STALLED' });
  });

  it('of memory: MEMORY_LIMIT', async () => {
    const tight = await startTranscodeBench({ minio: bench.minio, env: { MAX_MEMORY: '120Mi' } });
    try {
      const elements: Element[] = [
        ...decoded,
        { name: 'videoscale' },
        { name: 'capsfilter', properties: { caps: 'video/x-raw,width=3840,height=2160' } },
        { name: 'queue', properties: { 'max-size-bytes': 0, 'max-size-buffers': 0, 'max-size-time': 0 } },
        { name: 'x264enc' },
        { name: 'mp4mux' },
      ];
      const data = tight.request({ source: clip, elements, sinks: { out: 'media/out/memory.mp4' } });
      expect(await tight.ask(data)).toBe(422);
      expect(tight.broker.last('failed', data.job)?.data.error).toMatchObject({ code: 'MEMORY_LIMIT', class: 'permanent' });
      expect(await tight.leftovers(['out/memory.mp4'])).toEqual([]);
      expect(await tight.keys('out/memory')).toEqual([]);
    } finally {
      await tight.close();
    }
  });
});

describe('bad media', () => {
  const bad: Array<[what: string, content: () => Buffer, code: RegExp]> = [
    ['a text named .mp4', () => Buffer.from('this is no media at all, but a text\n'.repeat(30)), /^MEDIA_UNRECOGNISED$/],
    ['random bytes', () => Buffer.from(Array.from({ length: 5000 }, (_, n) => (n * 7919) % 251)), /^MEDIA_/],
    [
      'a playlist',
      () => Buffer.from('#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:1/a.ts\n#EXT-X-ENDLIST\n'),
      /^MEDIA_UNSUPPORTED$/,
    ],
  ];
  it.each(bad)('%s', async (what, content, code) => {
    const source = await bench.upload(`in/${what}.mp4`, content());
    const { status, error } = await fail({ source, elements: mp4Converter }, `out/${what}.mp4`);
    expect(status).toBe(422);
    expect(error.code).toMatch(code);
    expect(error.message).not.toContain('X-Amz');
  });

  it('an mp4 that is cut off: before its index MEDIA_CORRUPT, within its samples MEDIA_TRUNCATED', async () => {
    const whole = `${bench.folder}/whole.mp4`;
    const line = `-q videotestsrc num-buffers=60 ! video/x-raw,width=160,height=120,framerate=15/1 ! x264enc speed-preset=ultrafast ! mp4mux faststart=true ! filesink location=${whole}`;
    expect(spawnSync('gst-launch-1.0', line.split(' ')).status).toBe(0);
    const { readFile } = await import('node:fs/promises');
    const bytes = await readFile(whole);
    for (const [at, code] of [
      [bytes.length / 2, 'MEDIA_TRUNCATED'],
      [bytes.indexOf('mdat') + 4, 'MEDIA_TRUNCATED'],
      [bytes.length * 0.005, 'MEDIA_CORRUPT'],
    ] as const) {
      const source = await bench.upload(`in/cut-${at}.mp4`, bytes.subarray(0, Math.floor(at)));
      const { status, error } = await fail({ source, elements: mp4Converter }, `out/cut-${at}.mp4`);
      expect({ status, code: error.code }).toEqual({ status: 422, code });
    }
  });

  it('a segment of a film, of which qtdemux says nothing: why it cannot be read', async () => {
    const whole = join(bench.folder, 'fragments.mp4');
    await launch(`videotestsrc num-buffers=30 ! x264enc ! mp4mux fragment-duration=500 ! filesink location=${whole}`);
    const { readFile } = await import('node:fs/promises');
    const bytes = await readFile(whole);
    // from its first segment to its table of segments (mfra), which it looks for again and again
    const source = await bench.upload('in/segment.mp4', bytes.subarray(bytes.indexOf('moof') - 4));
    const { status, error } = await fail({ source, elements: mp4Converter, limits: { stall: 2 } }, 'out/segment.mp4');
    expect({ status, code: error.code }).toEqual({ status: 422, code: 'MEDIA_CORRUPT' });
    expect(error.message).toBe(
      'The input cannot be read by qtdemux: it is a segment of a film without its initialisation segment (moov)',
    );
  });
});

describe('raw H.264 that says nothing of time, of which a muxer takes only the first frame', () => {
  let untimed: Source;
  beforeAll(async () => {
    const raw = join(bench.folder, 'untimed.h264');
    await launch(
      `videotestsrc num-buffers=10 ! video/x-raw,width=160,height=120 ! openh264enc ! h264parse ! filesink location=${raw}`,
    );
    untimed = await bench.upload('in/untimed.h264', raw);
  });

  it('is MEDIA_UNTIMED', async () => {
    const { status, error } = await fail({ source: untimed, elements: mp4Converter }, 'out/untimed.mp4');
    expect({ status, code: error.code }).toEqual({ status: 422, code: 'MEDIA_UNTIMED' });
  });

  it('comes out whole with what the remedy says', async () => {
    const timed: Element[] = [{ name: 'videorate' }, { name: 'capsfilter', properties: { caps: 'video/x-raw,framerate=25/1' } }];
    const elements: Element[] = [
      { name: 'decodebin' },
      ...timed,
      { name: 'videoconvert' },
      { name: 'x264enc' },
      { name: 'mp4mux' },
    ];
    const data = bench.request({ source: untimed, elements, sinks: { out: 'media/out/timed.mp4' } });
    expect(await bench.ask(data)).toBe(204);
    const { streams, duration } = await bench.decoded('out/timed.mp4');
    expect(streams).toMatchObject([{ kind: 'video', frames: 10 }]);
    expect(duration).toBeCloseTo(0.4, 2);
  });

  it('is whole where no muxer is', async () => {
    const elements: Element[] = [...decoded, { name: 'jpegenc' }];
    const data = bench.request({ source: untimed, elements, sinks: { out: 'media/out/untimed.mjpeg' } });
    expect(await bench.ask(data)).toBe(204);
    expect((await bench.decoded('out/untimed.mjpeg')).streams).toMatchObject([{ kind: 'video', frames: 10 }]);
  });
});

describe('the end of the process', () => {
  it('while a run is in hand: the run is stopped at the end of the grace, 503, and no child is left', async () => {
    const ending = await startTranscodeBench({ minio: bench.minio });
    const data = ending.request({ source: clip, elements: endless, sinks: { out: 'media/out/ending.avi' } });
    const asked = ending.ask(data);
    await until(() => ending.broker.kinds(data.job).includes('progress'));
    const before = (await childrenOf(process.pid)).length;
    ending.running.lifecycle.drain();
    expect(await ending.ask(ending.request({ source: clip, elements: slow }))).toBe(503);
    ending.running.lifecycle.abort(new Fault('SHUTTING_DOWN'));
    expect(await asked).toBe(503);
    expect(ending.broker.last('retrying', data.job)?.data.error.code).toBe('SHUTTING_DOWN');
    expect(await ending.leftovers(['out/ending.avi'])).toEqual([]);
    await ending.close();
    expect((await childrenOf(process.pid)).length).toBeLessThan(before);
    expect(await bench.keys('out/ending')).toEqual([]);
  });
});

describe('what is kept for debugging', () => {
  it('pictures and log of the run lie beside the media, without the secret that they would hold', async () => {
    const debug = { logLevel: 4, dot: { path: 'debug/', interval: 1, timestamped: true } }; // at 5 the first lines are cut
    const data = bench.request({ source: clip, elements: mp4Converter, debug, sinks: { out: 'media/out/debug.mp4' } });
    expect(await bench.ask(data)).toBe(204);
    const keys = await bench.keys('debug/');
    expect(keys.filter((key) => key.endsWith('.dot')).length).toBeGreaterThan(0);
    expect(keys.some((key) => key.endsWith('gstreamer.log'))).toBe(true);
    for (const key of keys) {
      const chunks: Buffer[] = [];
      for await (const chunk of await bench.minio.client.getObject('media', key)) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString();
      expect(text.length).toBeGreaterThan(100);
      expect(text).toContain('<source>'); // where the address stood: it was there to be found
      expect(text).not.toMatch(/X-Amz-(Signature|Credential)/i);
      expect(text).not.toContain(bench.minio.accessKey);
    }
  });
});
