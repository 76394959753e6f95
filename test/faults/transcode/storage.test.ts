/** A storage that is away, slow or broken: every job ends by a redelivery, and no reader ever sees half an output. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Element } from '../../../lib/graph/model.ts';
import { makeClip } from '../../support/clips.ts';
import { type Fate, lossyProxy } from '../../support/lossy-proxy.ts';
import { mp4Converter, twoOutputs } from '../../support/pipelines.ts';
import type { RequestFields } from '../../support/requests.ts';
import { startTranscodeBench, type TranscodeBench } from '../../support/transcode.ts';
import { until } from '../../support/until.ts';

let bench: TranscodeBench;
type Source = Awaited<ReturnType<TranscodeBench['upload']>>;
let clip: Source;
let large: Source;

/** Raw frames at the speed of the clip: more than one part of an upload, in three seconds. */
const raw: Element[] = [
  { name: 'decodebin', alias: 'd' },
  { goto: 'd' },
  { name: 'videoconvert' },
  { name: 'videoscale' },
  { name: 'capsfilter', properties: { caps: 'video/x-raw,format=I420,width=640,height=480' } },
  { name: 'identity', properties: { sync: true } },
  { name: 'avimux' },
];

beforeAll(async () => {
  bench = await startTranscodeBench({ env: { MAX_TIMEOUT: '60' } });
  clip = await bench.upload('in/clip.mkv', await makeClip(bench.folder, 'clip.mkv', { seconds: 2 }));
  large = await bench.upload(
    'in/large.mkv',
    await makeClip(bench.folder, 'large.mkv', { seconds: 3, width: 1280, height: 720, framerate: 30 }),
  );
});
afterAll(() => bench?.close());

/** Asks until it is done, as the Broker would; gives the statuses. */
async function deliver(
  data: ReturnType<TranscodeBench['request']>,
  between: () => Promise<void> | void = () => {},
): Promise<number[]> {
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 5; attempt++) {
    statuses.push(await bench.ask(data));
    if (statuses.at(-1) !== 503) break;
    await between();
  }
  return statuses;
}

async function through(
  fate: (path: string, method: string, count: number) => Fate,
  fields: Partial<RequestFields>,
  work: (data: ReturnType<TranscodeBench['request']>) => Promise<void>,
) {
  let count = 0;
  const proxy = await lossyProxy(bench.minio.endpoint, (incoming) => fate(incoming.url ?? '', incoming.method ?? '', ++count));
  try {
    const endpoint = { ...bench.minio.address, address: proxy.address };
    const data = bench.request({ source: clip, elements: mp4Converter, ...fields });
    data.source.endpoint = endpoint;
    for (const sink of data.sinks) sink.endpoint = endpoint;
    await work(data);
  } finally {
    proxy.close();
  }
}

describe('MinIO is stopped', () => {
  const moments: Array<[when: string, key: string, moment: (key: string) => Promise<void>]> = [
    ['while the source is read', 'read', async () => {}],
    [
      'while the output is uploaded',
      'upload',
      async (key) => {
        await until(async () => (await bench.leftovers([key])).includes(key));
      },
    ],
  ];
  it.each(moments)('and started again %s: one whole output after a retry', async (_when, name, moment) => {
    const key = `out/${name}.avi`;
    const data = bench.request({ source: large, elements: raw, sinks: { out: `media/${key}` }, limits: { stall: 3 } });
    const first = bench.ask(data);
    await until(() => bench.broker.kinds(data.job).includes('progress'));
    await moment(key);
    await bench.minio.kill();
    const settled = await Promise.race([first, until(() => false, 1500).catch(() => undefined)]);
    await bench.minio.restart();
    const statuses = [settled ?? (await first)];
    if (statuses[0] === 503) statuses.push(...(await deliver(data)));
    expect(statuses.at(-1)).toBe(204);
    expect((await bench.decoded(key)).streams).toMatchObject([{ frames: 90, width: 640 }]);
  });

  it('before the request: 503 and a code that names the storage', async () => {
    await bench.minio.kill();
    const data = bench.request({ source: clip, elements: mp4Converter });
    expect(await bench.ask(data)).toBe(503);
    expect(bench.broker.last('retrying', data.job)?.data.error).toMatchObject({ code: 'STORAGE_UNREACHED', class: 'transient' });
    await bench.minio.restart();
    expect(await bench.ask(data)).toBe(204);
  });
});

describe('a connection', () => {
  const isRead = (path: string, method: string) => method === 'GET' && path.includes('X-Amz-Signature');

  it('that breaks off while the source is read is made again by range: no frame is lost', async () => {
    let cuts = 0;
    const fate = (path: string, method: string): Fate =>
      isRead(path, method) && cuts++ === 0 ? { bytes: 10_000, end: 'cut' } : 'pass';
    await through(fate, { sinks: { out: 'media/out/cut.mp4' } }, async (data) => {
      const statuses = await deliver(data);
      expect(statuses.at(-1)).toBe(204);
      expect(cuts).toBeGreaterThan(1);
      const { streams } = await bench.decoded('out/cut.mp4');
      expect(streams.find(({ kind }) => kind === 'video')?.frames).toBe(30);
    });
  });

  it('on which nothing more comes is SOURCE_STALLED, 503, and nothing is left', async () => {
    const fate = (path: string, method: string): Fate => (isRead(path, method) ? { bytes: 10_000, end: 'stall' } : 'pass');
    await through(fate, { sinks: { out: 'media/out/stalled.mp4' }, limits: { stall: 2 } }, async (data) => {
      expect(await bench.ask(data)).toBe(503);
      expect(bench.broker.last('retrying', data.job)?.data.error).toMatchObject({ code: 'SOURCE_STALLED', class: 'transient' });
      expect(await bench.keys('out/stalled')).toEqual([]);
      expect(await bench.leftovers(['out/stalled.mp4'])).toEqual([]);
    });
  });

  it('that gives 1 KB a second is read on with patience, and is SOURCE_STALLED where it then stands still', async () => {
    const fate = (path: string, method: string): Fate =>
      isRead(path, method) ? { bytes: 4 * 1024, end: 'stall', rate: 1024 } : 'pass';
    await through(fate, { sinks: { out: 'media/out/slow.mp4' }, limits: { stall: 4 } }, async (data) => {
      const begun = performance.now();
      expect(await bench.ask(data)).toBe(503);
      // three seconds for the bytes, each of which counts as life, and then the four of the limit
      expect(performance.now() - begun).toBeGreaterThan(6_500);
      expect(bench.broker.last('retrying', data.job)?.data.error).toMatchObject({ code: 'SOURCE_STALLED', class: 'transient' });
      expect(await bench.keys('out/slow')).toEqual([]);
      expect(await bench.leftovers(['out/slow.mp4'])).toEqual([]);
    });
  });

  it('that is reset and cannot be made again is STORAGE_UNREACHED, not bad media: 503, and nothing is left', async () => {
    let reads = 0;
    const fate = (path: string, method: string): Fate =>
      !isRead(path, method) ? 'pass' : reads++ === 0 ? { bytes: 3_000, end: 'cut' } : 'refuse';
    await through(fate, { sinks: { out: 'media/out/reset.mp4' }, limits: { stall: 3 } }, async (data) => {
      expect(await bench.ask(data)).toBe(503);
      expect(bench.broker.last('retrying', data.job)?.data.error).toMatchObject({
        code: 'STORAGE_UNREACHED',
        class: 'transient',
      });
      expect(await bench.keys('out/reset')).toEqual([]);
      expect(await bench.leftovers(['out/reset.mp4'])).toEqual([]);
    });
  });

  it('that is reset at each try before the next byte is STORAGE_READ, 503', async () => {
    let reads = 0;
    const fate = (path: string, method: string): Fate =>
      isRead(path, method) ? { bytes: reads++ === 0 ? 3_000 : 0, end: 'cut' } : 'pass';
    await through(fate, { sinks: { out: 'media/out/resets.mp4' } }, async (data) => {
      expect(await bench.ask(data)).toBe(503);
      expect(bench.broker.last('retrying', data.job)?.data.error).toMatchObject({ code: 'STORAGE_READ', class: 'transient' });
      expect(await bench.keys('out/resets')).toEqual([]);
    });
  });

  it('whose answer to the last PUT is lost: one whole output', async () => {
    let lost = 0;
    const fate = (path: string, method: string): Fate =>
      method === 'PUT' && path.includes('/out/lost') && lost++ === 0 ? 'lose answer' : 'pass';
    await through(fate, { sinks: { out: 'media/out/lost.mp4' } }, async (data) => {
      expect((await deliver(data)).at(-1)).toBe(204);
      expect(lost).toBeGreaterThan(0);
      expect((await bench.decoded('out/lost.mp4')).streams).toHaveLength(2);
    });
  });

  it('refused between the writing of two outputs: the redelivery makes both', async () => {
    let broken = true;
    const fate = (path: string, method: string): Fate =>
      broken && method === 'PUT' && path.includes('second') ? 'refuse' : 'pass';
    const sinks = { a: 'media/out/first.mkv', b: 'media/out/second.avi' };
    await through(fate, { elements: twoOutputs, sinks }, async (data) => {
      expect(await bench.ask(data)).toBe(503);
      expect(await bench.keys('out/second')).toEqual([]);
      broken = false;
      expect(await bench.ask(data)).toBe(204);
      expect(bench.broker.last('succeeded', data.job)?.data.reused).toBe(false);
      for (const key of ['out/first.mkv', 'out/second.avi'])
        expect((await bench.decoded(key)).streams).toMatchObject([{ frames: 30 }]);
    });
  });
});

describe('an endpoint', () => {
  it('whose keys are wrong is STORAGE_DENIED, to be tried again', async () => {
    const stranger = await startTranscodeBench({ minio: bench.minio, env: { MINIO_SECRET_KEY: 'not the right key' } });
    try {
      const data = stranger.request({ source: clip, elements: mp4Converter });
      expect(await stranger.ask(data)).toBe(503);
      const { error } = stranger.broker.last('retrying', data.job)?.data ?? {};
      expect(error).toMatchObject({ code: 'STORAGE_DENIED', class: 'transient' });
    } finally {
      await stranger.close();
    }
  });

  const elsewhere: Array<[which: string, fields: Partial<RequestFields>]> = [
    ['of the output', { sinks: { out: 'no-such-bucket/a.mp4' } }],
    ['of the source', { source: { bucket: 'no-such-bucket', key: 'in/clip.mkv', etag: 'an etag', size: 1000 } }],
  ];
  it.each(elsewhere)('without the bucket %s is STORAGE_NO_BUCKET, for good, and nothing is left', async (_which, fields) => {
    const sinks = { out: 'media/out/no-bucket.mp4' };
    const data = bench.request({ source: clip, elements: mp4Converter, sinks, ...fields });
    expect(await bench.ask(data)).toBe(422);
    expect(bench.broker.kinds(data.job).at(-1)).toBe('failed');
    const { error } = bench.broker.last('failed', data.job)?.data ?? {};
    expect(error).toMatchObject({ code: 'STORAGE_NO_BUCKET', class: 'permanent' });
    expect(error.message).toContain('no-such-bucket');
    expect(await bench.keys('out/no-bucket')).toEqual([]);
    expect(await bench.leftovers(['out/no-bucket.mp4'])).toEqual([]);
  });
});

describe('a source that is no more what was asked for', () => {
  const changes: Array<[what: string, reason: string, change: (key: string) => Promise<unknown>]> = [
    ['replaced', 'superseded', (key) => bench.upload(key, Buffer.from('another content'))],
    ['deleted', 'gone', (key) => bench.minio.client.removeObject('media', key)],
  ];
  const moments = ['before it is read', 'while it is read'] as const;
  const cases = changes.flatMap(([what, reason, change]) => moments.map((moment) => [what, moment, reason, change] as const));
  it.each(cases)('%s %s: skipped as %s, 204, and no output', async (what, moment, reason, change) => {
    const name = `${what} ${moment}`;
    const source = await bench.upload(`in/${name}.mkv`, await makeClip(bench.folder, 'replaced.mkv', { seconds: 3 }));
    const data = bench.request({ source, elements: raw, sinks: { out: `media/out/${name}.avi` } });
    if (moment === 'before it is read') await change(source.key);
    const asked = bench.ask(data);
    if (moment === 'while it is read') {
      await until(() => bench.broker.kinds(data.job).includes('progress'));
      await change(source.key);
    }
    expect(await asked).toBe(204);
    expect(bench.broker.last('skipped', data.job)?.data.reason).toBe(reason);
    expect(await bench.keys(`out/${name}`)).toEqual([]);
    expect(await bench.leftovers([`out/${name}.avi`])).toEqual([]);
  });
});
