import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CloudEvent } from 'cloudevents';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decode } from '../../../cli/demo/verify.ts';
import { createPublisher, sign } from '../../../lib/events/index.ts';
import type { Failed, Requested, Started, Succeeded } from '../../../lib/events/types.ts';
import type { Element } from '../../../lib/graph/model.ts';
import { makeClip } from '../../support/clips.ts';
import { type DevBench, jobTimeout, startDevBench, versionsIn, writeTransform } from '../../support/dev.ts';
import { notification } from '../../support/functions.ts';
import { until } from '../../support/until.ts';

const picture = (...between: Element[]): Element[] => [
  { name: 'decodebin' },
  { name: 'videoconvert' },
  ...between,
  { name: 'x264enc', properties: { 'speed-preset': 'ultrafast' } },
  { name: 'mp4mux' },
];

let bench: DevBench;
let clip: string;
let publish: ReturnType<typeof createPublisher>;

beforeAll(async () => {
  bench = await startDevBench([
    { name: 'plain', bucket: 'media', prefix: 'in/', sink: { bucket: 'made', key: '{{ .SrcKey }}.mp4' }, elements: picture() },
    { name: 'twins', bucket: 'media', prefix: 'twins/', sink: { key: 'twin-out/{{ .SrcName }}.mp4' }, elements: picture() },
    { name: 'again', bucket: 'media', prefix: 'again/', sink: { key: 'again/out-{{ .SrcName }}.mp4' }, elements: picture() },
    {
      name: 'slow',
      bucket: 'media',
      prefix: 'slow/',
      sink: { key: 'slow-out/{{ .SrcName }}.mp4' },
      elements: picture({ name: 'identity', properties: { 'sleep-time': 150_000 } }),
    },
  ]);
  await bench.client.setBucketVersioning('made', { Status: 'Enabled' });
  clip = await makeClip(bench.folder, 'clip.mkv', { audio: false });
  publish = createPublisher({ sink: bench.dev.brokerUrl, timeout: 60_000 });
});
afterAll(() => bench?.close());

const upload = (key: string, file = clip) => bench.client.fPutObject('media', key, file);

async function fetched(bucket: string, key: string) {
  const path = join(bench.folder, `${randomUUID()}.mp4`);
  await bench.client.fGetObject(bucket, key, path);
  return decode(path);
}

const exists = (bucket: string, key: string) =>
  bench.client.statObject(bucket, key).then(
    () => true,
    () => false,
  );

/** MinIO lists the uploads of an exact key only. */
async function uploadsOf(bucket: string, key: string): Promise<number> {
  const { uploads } = await bench.client.listIncompleteUploadsQuery(bucket, key, '', '', '');
  return uploads.length;
}

// MinIO looks into its queue every 3 s: what does not depend on each other is uploaded at the same time
describe.concurrent('what is uploaded', () => {
  it('20 files at once give 20 outputs, each made once', async () => {
    const keys = Array.from({ length: 20 }, (_, i) => `in/many/${i}.mkv`);
    await Promise.all(keys.map((key) => upload(key)));
    for (const key of keys) expect((await bench.end(key)).kind).toBe('succeeded');
    await bench.quiet();
    const made = (await versionsIn(bench.client, 'made')).filter((name) => name.startsWith('in/many/'));
    expect(made.sort()).toEqual(keys.map((key) => `${key}.mp4`).sort());
    expect(new Set(bench.of('started').map(({ subject }) => subject)).size).toBe(bench.of('started').length);
    for (const key of keys.slice(0, 3)) {
      expect((await fetched('made', `${key}.mp4`)).streams).toMatchObject([{ codec: 'h264', frames: 15, width: 160 }]);
    }
  });

  const long = `in/${`${'ü'.repeat(100)}/`.repeat(4)}${'x'.repeat(93)}`;
  const names = [
    'in/two words.mkv',
    'in/a+b.mkv',
    'in/100%.mkv',
    'in/%41.mkv',
    'in/#1.mkv',
    'in/what?.mkv',
    'in/日本 é.mkv',
    long,
  ];
  it('comes out under its own name, whatever that is', async () => {
    expect(Buffer.byteLength(long)).toBe(900);
    await Promise.all(names.map((key) => upload(key)));
    for (const key of names) expect([key, (await bench.end(key)).kind]).toEqual([key, 'succeeded']);
    const made = await versionsIn(bench.client, 'made');
    expect(made).toEqual(expect.arrayContaining(names.map((key) => `${key}.mp4`)));
    expect((await fetched('made', `${long}.mp4`)).streams).toMatchObject([{ codec: 'h264', frames: 15 }]);
  });

  it('is made of its newest content: what was begun with an older one is dropped', async () => {
    const newer = await makeClip(bench.folder, 'newer.mkv', { audio: false, width: 240, height: 180 });
    await upload('slow/a.mkv');
    await until(() => bench.of('started', 'slow/a.mkv').length === 1, jobTimeout);
    await upload('slow/a.mkv', newer);
    await bench.end('slow/a.mkv', 2);
    await bench.quiet();
    expect(bench.of('succeeded', 'slow/a.mkv')).toHaveLength(1);
    expect(bench.of('skipped', 'slow/a.mkv')).toMatchObject([{ data: { reason: 'superseded' } }]);
    expect((await fetched('media', 'slow-out/a.mp4')).streams).toMatchObject([{ width: 240, frames: 15 }]);
  });

  it('does not take the place of the output of another source', async () => {
    await upload('twins/a.mkv');
    expect((await bench.end('twins/a.mkv')).kind).toBe('succeeded');
    const before = await bench.client.statObject('media', 'twin-out/a.mp4');
    await upload('twins/a.mov');
    const { kind, event } = await bench.end('twins/a.mov');
    expect([kind, (event.data as Failed).error.code]).toEqual(['failed', 'OUTPUT_COLLISION']);
    expect((await bench.client.statObject('media', 'twin-out/a.mp4')).etag).toBe(before.etag);
  });

  it('is not transcoded again where the output lands under the watched prefix', async () => {
    await upload('again/a.mkv');
    expect((await bench.end('again/a.mkv')).kind).toBe('succeeded');
    const seen = () => bench.events.filter(({ subject }) => subject === encodeURIComponent('again/out-a.mp4'));
    await until(() => seen().length > 0);
    // a later object of the same prefix shows that the earlier one has been dealt with
    await upload('again/b.mkv');
    await bench.end('again/b.mkv');
    await bench.quiet();
    const sources = bench.of('started').map(({ data }) => (data as Started).source.key);
    expect(sources).toContain('again/a.mkv');
    expect(sources.filter((key) => key.startsWith('again/out-'))).toEqual([]);
    expect(await exists('media', 'again/out-out-a.mp4')).toBe(false);
    expect(await exists('media', 'again/out-b.mp4')).toBe(true);
  });
});

describe('what is no media', () => {
  const cases: Array<[name: string, key: string, content: () => Promise<Buffer>]> = [
    ['a text named .mp4', 'in/text.mp4', async () => Buffer.from('not a film\n'.repeat(100))],
    ['an empty file', 'in/empty.mp4', async () => Buffer.alloc(0)],
    ['an mp4 cut before its moov', 'in/cut.mp4', cutMp4],
  ];

  beforeAll(async () => {
    await bench.quiet();
    for (const [, key, content] of cases) await bench.client.putObject('media', key, await content());
  });

  it.each(cases)('%s fails once and for all, and leaves nothing behind', async (_name, key) => {
    const { kind, event } = await bench.end(key);
    await bench.quiet();
    expect(kind).toBe('failed');
    const { error } = event.data as Failed;
    expect(error).toMatchObject({ class: 'permanent', code: expect.stringMatching(/^MEDIA_/) });
    expect(error.message.length).toBeGreaterThan(10);
    expect(bench.of('failed', key)).toHaveLength(1);
    expect(bench.of('retrying', key)).toEqual([]);
    expect(await exists('made', `${key}.mp4`)).toBe(false);
    expect(await uploadsOf('made', `${key}.mp4`)).toBe(0);
    expect(await bench.scratch()).toEqual([]);
  });

  it('would have been seen, had something been left', async () => {
    const id = await bench.client.initiateNewMultipartUpload('made', 'in/left.mp4', {});
    expect(await uploadsOf('made', 'in/left.mp4')).toBe(1);
    await bench.client.abortMultipartUpload('made', 'in/left.mp4', id);
    await upload('slow/scratch.mkv');
    await until(async () => (await bench.scratch()).length > 0);
    await bench.end('slow/scratch.mkv');
    await bench.quiet();
    expect(await bench.scratch()).toEqual([]);
  });

  it('does not keep the next file from its output', async () => {
    await upload('in/good.mkv');
    expect((await bench.end('in/good.mkv')).kind).toBe('succeeded');
    expect(await exists('made', 'in/good.mkv.mp4')).toBe(true);
  });

  async function cutMp4(): Promise<Buffer> {
    const path = join(bench.folder, 'whole.mp4');
    const text = `videotestsrc num-buffers=30 ! x264enc speed-preset=ultrafast ! mp4mux ! filesink location=${path}`;
    await promisify(execFile)('gst-launch-1.0', ['-q', ...text.split(' ')]);
    const whole = await readFile(path);
    const moov = whole.indexOf('moov');
    expect(moov).toBeGreaterThan(1000);
    return whole.subarray(0, moov - 4);
  }
});

describe('the source', () => {
  const call = (body: string | Buffer | undefined, token?: string, method = 'POST') => {
    const source = bench.dev.functions.find(({ name }) => name === 'source');
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    return fetch(source?.url ?? '', { method, headers, body: body as string | undefined });
  };
  const own = () => bench.dev.place.webhookToken;
  const told = () => bench.events.filter(({ type }) => type.startsWith('com.amazonaws.')).length;

  it('refuses a wrong token and takes a ping, a foreign body, tags and folder markers without a run', async () => {
    await bench.quiet();
    const [events, runs] = [told(), bench.of('requested').length];
    const status = async (response: Promise<Response>) => (await response).status;
    const valid = JSON.stringify(notification({ key: 'in%2Fx.mkv' }));
    expect(await status(call(valid, 'wrong'))).toBe(401);
    expect(await status(call(valid))).toBe(401);
    expect(await status(call(undefined, own()))).toBe(204);
    expect(await status(call(undefined, undefined, 'HEAD'))).toBe(200);
    expect(await status(call('{"hello":"world"}', own()))).toBe(204);
    expect(await status(call('no JSON', own()))).toBe(204);
    const tagging = { eventName: 's3:ObjectCreated:PutTagging' };
    expect(await status(call(JSON.stringify(notification({ key: 'in%2Fx.mkv' }, tagging)), own()))).toBe(204);
    expect(await status(call(Buffer.alloc(5_000_000, 0x20), own()))).toBe(413);
    expect(told()).toBe(events);
    const folder = notification({ key: 'in%2Ffolder%2F', size: 0 });
    expect(await status(call(JSON.stringify(folder), own()))).toBe(204);
    expect(told()).toBe(events);
    await bench.client.putObject('media', 'in/folder/', Buffer.alloc(0));
    // what comes after all that is taken
    await upload('in/after.mkv');
    await bench.end('in/after.mkv');
    await bench.quiet();
    expect(told()).toBe(events + 1);
    expect(bench.of('requested').length).toBe(runs + 1);
  });

  it('does not tell of tags that are put on an object', async () => {
    const before = told();
    await bench.client.setObjectTagging('media', 'in/after.mkv', { a: 'b' });
    await upload('in/later.mkv');
    await bench.end('in/later.mkv');
    expect(told()).toBe(before + 1);
  });
});

describe('a request', () => {
  const again = (event: CloudEvent<unknown> | undefined, change: Record<string, unknown> = {}) => {
    const own = { knativebrokerttl: undefined, knativearrivaltime: undefined };
    const given = Object.entries({ ...event?.toJSON(), ...own, ...change }).filter(([, value]) => value !== undefined);
    return new CloudEvent<unknown>(Object.fromEntries(given) as never);
  };

  it('that is delivered twice is answered alike, and run once', async () => {
    const first = await bench.end('in/later.mkv');
    await publish(again(bench.of('requested', 'in/later.mkv')[0]));
    const second = await bench.end('in/later.mkv', 2);
    expect([first.kind, second.kind]).toEqual(['succeeded', 'succeeded']);
    const [made, found] = [first.event.data, second.event.data] as Succeeded[];
    expect(found).toMatchObject({ reused: true, outputs: made?.outputs });
    await bench.quiet();
    expect(bench.of('started', 'in/later.mkv')).toHaveLength(1);
    expect((await versionsIn(bench.client, 'made')).filter((name) => name === 'in/later.mkv.mp4')).toHaveLength(1);
  });

  it('that is not signed, or was changed after that, runs nothing', async () => {
    const request = bench.of('requested')[0];
    const data = structuredClone(request?.data as Requested);
    const sinks = data.sinks.map((sink) => ({ ...sink, key: 'stolen.mp4' }));
    const forged: Array<[name: string, change: Record<string, unknown>]> = [
      ['unsigned', { signature: undefined }],
      ['changed', { data: { ...data, job: 'forged-changed', sinks } }],
      ['another key', { data: { ...data, job: 'forged-key', sinks }, signature: sign({ ...data, sinks }, 'guessed') }],
    ];
    const runs = bench.of('started').length;
    for (const [name, change] of forged) {
      const before = bench.deliveries.length;
      await publish(again(request, { id: name, ...change }));
      const dead = () =>
        bench.deliveries.slice(before).find(({ event, trigger }) => event.id === name && trigger === 'transcode');
      await until(() => dead() !== undefined);
      expect([name, dead()?.outcome]).toEqual([name, 'dead letter']);
    }
    await bench.quiet();
    expect(bench.of('started').length).toBe(runs);
    expect(await exists('made', 'stolen.mp4')).toBe(false);
  });
});

describe('Transforms', () => {
  it('that come while all is running are followed, with their bucket and their prefix', async () => {
    const transform = {
      name: 'late',
      bucket: 'late-media',
      prefix: 'new/',
      sink: { key: 'done/{{ .SrcName }}.mp4' },
      elements: picture(),
    };
    await writeTransform(bench.transforms, transform);
    await until(() => bench.dev.prefixes().some(({ bucket }) => bucket === 'late-media'));
    await until(() => bench.lines.filter((line) => line.includes('Transforms read')).some((line) => line.includes('"valid":5')));
    await bench.client.fPutObject('late-media', 'new/a.mkv', clip);
    expect((await bench.end('new/a.mkv')).kind).toBe('succeeded');
    expect((await fetched('late-media', 'done/a.mp4')).streams).toMatchObject([{ codec: 'h264', frames: 15 }]);
  });
});

describe('a function that dies', () => {
  it('is started again, and what it had in hand is done by whoever is there', async () => {
    const victim = bench.dev.functions.find(({ label }) => label === 'transcode1');
    const pid = victim?.pid ?? 0;
    await Promise.all(['slow/d1.mkv', 'slow/d2.mkv'].map((key) => upload(key)));
    await until(() => bench.of('started', 'slow/d1.mkv').length + bench.of('started', 'slow/d2.mkv').length === 2, jobTimeout);
    process.kill(pid, 'SIGKILL');
    for (const key of ['slow/d1.mkv', 'slow/d2.mkv']) expect((await bench.end(key)).kind).toBe('succeeded');
    await until(() => victim?.pid !== pid);
    expect((await fetched('media', 'slow-out/d1.mp4')).streams).toMatchObject([{ frames: 15 }]);
    await bench.quiet();
  });
});
