/** What an engineer writes in elements is what comes out: seen in outputs that are decoded again. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Element } from '../../../lib/graph/model.ts';
import { launch, makeClip } from '../../support/clips.ts';
import { mp4Converter } from '../../support/pipelines.ts';
import { startTranscodeBench, type TranscodeBench } from '../../support/transcode.ts';

const run = promisify(execFile);
let bench: TranscodeBench;
type Source = Awaited<ReturnType<TranscodeBench['upload']>>;
let clip: Source;
let h264: Source;

beforeAll(async () => {
  bench = await startTranscodeBench();
  clip = await bench.upload('in/clip.mkv', await makeClip(bench.folder, 'clip.mkv', { seconds: 2 }));
  const path = `${bench.folder}/clip.mp4`;
  await launch(
    `mp4mux name=mux ! filesink location=${path} videotestsrc num-buffers=30 ! video/x-raw,width=160,height=120,framerate=15/1 ! x264enc speed-preset=ultrafast ! mux. audiotestsrc num-buffers=86 ! voaacenc ! mux.`,
  );
  h264 = await bench.upload('in/clip.mp4', path);
});
afterAll(() => bench?.close());

let outputs = 0;
async function convert(elements: Element[], source = clip, extension = 'mp4') {
  const key = `out/${++outputs}.${extension}`;
  const data = bench.request({ source, elements, sinks: { out: `media/${key}` } });
  const status = await bench.ask(data);
  expect(bench.broker.last('failed', data.job)?.data.error, 'failed').toBeUndefined();
  expect(status).toBe(204);
  return { key, job: data.job, ...(await bench.decoded(key)) };
}
const video = (
  filters: Element[],
  encoder: Element = { name: 'x264enc', properties: { 'speed-preset': 'ultrafast' } },
): Element[] => [
  { name: 'decodebin', alias: 'd' },
  { goto: 'd' },
  { name: 'videoconvert' },
  ...filters,
  encoder,
  { name: 'mp4mux' },
];
const bytesOf = async (key: string) => (await bench.minio.client.statObject('media', key)).size;

describe('properties', () => {
  it('a number and an enum: bitrate and preset of the encoder', async () => {
    const encode = (bitrate: number): Element => ({
      name: 'x264enc',
      properties: { bitrate, 'speed-preset': 'ultrafast', pass: 'cbr', 'key-int-max': 10 },
    });
    const [low, high] = [await convert(video([], encode(40))), await convert(video([], encode(2000)))];
    expect(await bytesOf(low.key)).toBeLessThan((await bytesOf(high.key)) / 2);
  });

  it('caps with a size and a fraction: width, height and rate of frames', async () => {
    const filters: Element[] = [
      { name: 'videoscale' },
      { name: 'videorate' },
      { name: 'capsfilter', properties: { caps: 'video/x-raw, width=96, height=64, framerate=5/1' } },
    ];
    const { streams } = await convert(video(filters));
    expect(streams).toMatchObject([{ codec: 'h264', width: 96, height: 64 }]);
    expect([10, 11]).toContain(streams[0]?.frames); // videorate may fill up the last
  });

  it('caps with a rate and channels of sound', async () => {
    const { streams } = await convert([
      { name: 'decodebin', alias: 'd' },
      { goto: 'd' },
      { name: 'audioconvert' },
      { name: 'audioresample' },
      { name: 'capsfilter', properties: { caps: 'audio/x-raw,rate=22050,channels=1' } },
      { name: 'voaacenc' },
      { name: 'mp4mux' },
    ]);
    expect(streams).toMatchObject([{ codec: 'aac', rate: 22_050, channels: 1 }]);
  });

  it('a boolean and an enum nick: an index at the begin, frames turned by 90 degrees', async () => {
    const elements = video([{ name: 'videoflip', properties: { 'video-direction': '90r' } }]);
    const { streams, key } = await convert([...elements.slice(0, -1), { name: 'mp4mux', properties: { faststart: true } }]);
    expect(streams).toMatchObject([{ width: 120, height: 160 }]);
    const chunks: Buffer[] = [];
    for await (const chunk of await bench.minio.client.getObject('media', key)) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    expect(bytes.indexOf('moov')).toBeGreaterThan(0);
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
  });

  it('flags: an encoder told to use 8x8 transforms and no other partition', async () => {
    const { streams } = await convert(
      video([], { name: 'x264enc', properties: { 'speed-preset': 'ultrafast', analyse: 'i4x4+i8x8', dct8x8: true } }),
    );
    expect(streams).toMatchObject([{ codec: 'h264', frames: 30 }]);
  });

  it('a text with blanks, quotes and backslashes reaches its element as it is written', async () => {
    const title = 'a "b" \\ \'c\' ! fakesink';
    const tags = `title="${title.replace(/["\\]/g, '\\$&')}"`;
    const elements = video([]);
    const { key } = await convert([...elements.slice(0, -1), { name: 'taginject', properties: { tags } }, { name: 'mp4mux' }]);
    const path = `${bench.folder}/titled.mp4`;
    await bench.minio.client.fGetObject('media', key, path);
    const { stdout } = await run('ffprobe', ['-v', 'error', '-show_entries', 'format_tags=title', '-of', 'json', path]);
    expect(JSON.parse(stdout).format.tags.title).toBe(title);
  });
});

/** How bright each of `count` columns of the first frame is, from 0 to 255. */
async function columns(key: string, count: number): Promise<number[]> {
  const path = `${bench.folder}/columns.mp4`;
  await bench.minio.client.fGetObject('media', key, path);
  const filter = `scale=${count}:1:flags=area`;
  const args = ['-v', 'error', '-i', path, '-frames:v', '1', '-vf', filter, '-pix_fmt', 'gray', '-f', 'rawvideo', '-'];
  const { stdout } = await run('ffmpeg', args, { encoding: 'buffer' });
  return [...stdout];
}

describe('properties of pads', () => {
  let white: Source;
  beforeAll(async () => {
    const path = `${bench.folder}/white.mkv`;
    const picture = 'videotestsrc pattern=white num-buffers=5 ! video/x-raw,width=160,height=120,framerate=15/1';
    await launch(`${picture} ! jpegenc ! matroskamux ! filesink location=${path}`);
    white = await bench.upload('in/white.mkv', path);
  });

  /** The same picture twice, by two links: one stays where it is, the other goes to the right and lets the background through. */
  const twice = (first: string, second: string, moved: string): Element[] => [
    { name: 'decodebin' },
    { name: 'videoconvert' },
    { name: 'tee', alias: 't' },
    ...[first, second].flatMap((linkto): Element[] => [{ goto: 't' }, { name: 'queue' }, { linkto }]),
    {
      name: 'compositor',
      alias: 'mix',
      properties: { background: 'black', [`${moved}::xpos`]: 320, [`${moved}::alpha`]: 0.5 },
    },
    { name: 'videoconvert' },
    { name: 'x264enc', properties: { 'speed-preset': 'ultrafast' } },
    { name: 'mp4mux' },
  ];

  it.each([
    ['that are numbered in the order of linking', twice('mix', 'mix', 'sink_1')],
    ['that links name', twice('mix.sink_7', 'mix.sink_2', 'sink_7')],
  ])('a mixer puts each picture where its pad says, by pads %s', async (_name, elements) => {
    const { key, streams } = await convert(elements, white);
    expect(streams).toMatchObject([{ width: 480, height: 120 }]);
    const [left = 0, middle = 255, right = 0] = await columns(key, 3);
    expect(left).toBeGreaterThan(220);
    expect(middle).toBeLessThan(30);
    expect(right).toBeGreaterThan(80);
    expect(right).toBeLessThan(175);
  });
});

describe('branches', () => {
  it('named pads of a demuxer, without decoding: streams are copied', async () => {
    const elements: Element[] = [
      { name: 'qtdemux', alias: 'demux' },
      { goto: 'demux.video_0' },
      { name: 'queue' },
      { name: 'h264parse' },
      { linkto: 'mux' },
      { goto: 'demux.audio_0' },
      { name: 'queue' },
      { name: 'aacparse' },
      { name: 'matroskamux', alias: 'mux' },
    ];
    const { streams, duration } = await convert(elements, h264, 'mkv');
    expect(streams.map(({ codec }) => codec).sort()).toEqual(['aac', 'h264']);
    expect(duration).toBeGreaterThan(1.8);
  });

  it('parsebin feeds a muxer without decoding', async () => {
    const { streams } = await convert(
      [{ name: 'parsebin', alias: 'p' }, { goto: 'p' }, { name: 'queue' }, { name: 'h264parse' }, { name: 'matroskamux' }],
      h264,
      'mkv',
    );
    expect(streams).toMatchObject([{ codec: 'h264', frames: 30 }]);
  });

  it('tee: two renditions of one decoding, in two outputs', async () => {
    const scaled = (width: number, height: number): Element[] => [
      { goto: 't' },
      { name: 'queue' },
      { name: 'videoscale' },
      { name: 'capsfilter', properties: { caps: `video/x-raw,width=${width},height=${height}` } },
      { name: 'x264enc', properties: { 'speed-preset': 'ultrafast', tune: 'zerolatency' } },
      { name: 'mp4mux' },
    ];
    const elements: Element[] = [
      { name: 'decodebin', alias: 'd' },
      { goto: 'd' },
      { name: 'videoconvert' },
      { name: 'tee', alias: 't' },
      ...scaled(128, 96),
      { linkto: 'large-out' },
      ...scaled(64, 48),
      { linkto: 'small-out' },
    ];
    const sinks = { large: 'media/out/large.mp4', small: 'media/out/small.mp4' };
    expect(await bench.ask(bench.request({ source: clip, elements, sinks }))).toBe(204);
    expect((await bench.decoded('out/large.mp4')).streams).toMatchObject([{ width: 128, frames: 30 }]);
    expect((await bench.decoded('out/small.mp4')).streams).toMatchObject([{ width: 64, frames: 30 }]);
  });

  const split: Element[] = [
    { name: 'decodebin', alias: 'dbin' },
    { goto: 'dbin' },
    { name: 'queue' },
    { name: 'audioconvert' },
    { name: 'audioresample' },
    { name: 'lamemp3enc' },
    { linkto: 'audio-out' },
    { goto: 'dbin' },
    { name: 'queue' },
    { name: 'videoconvert' },
    { name: 'x264enc', properties: { 'speed-preset': 'ultrafast' } },
    { name: 'mp4mux' },
    { linkto: 'video-out' },
  ];
  it('a SplitTransform gives picture and sound apart, both whole', async () => {
    const sinks = { audio: 'media/split/a.mp3', video: 'media/split/v.mp4' };
    expect(await bench.ask(bench.request({ source: clip, elements: split, sinks }))).toBe(204);
    expect((await bench.decoded('split/a.mp3')).streams).toMatchObject([{ codec: 'mp3', rate: 44_100 }]);
    expect((await bench.decoded('split/v.mp4')).streams).toMatchObject([{ codec: 'h264', frames: 30 }]);
  });

  it('of a SplitTransform whose one output key is taken, none is written', async () => {
    await bench.upload('split/taken.mp4', Buffer.from('of someone else'));
    const sinks = { audio: 'media/split/free.mp3', video: 'media/split/taken.mp4' };
    const data = bench.request({ source: clip, elements: split, sinks });
    expect(await bench.ask(data)).toBe(422);
    expect(bench.broker.last('failed', data.job)?.data.error.code).toBe('OUTPUT_COLLISION');
    expect(await bench.keys('split/free')).toEqual([]);
  });
});

describe('streams that are not there', () => {
  const only: Array<[has: string, clip: { audio?: boolean; video?: boolean }, codec: string, skipped: number]> = [
    ['picture only', { audio: false }, 'h264', 1],
    ['sound only', { video: false }, 'aac', 1],
  ];
  it.each(only)('%s through the mp4-converter: the other branch is cut and told of', async (has, streams, codec, skipped) => {
    const source = await bench.upload(`in/${has}.mkv`, await makeClip(bench.folder, `${codec}.mkv`, streams));
    const { streams: found, job } = await convert(mp4Converter, source);
    expect(found.map((stream) => stream.codec)).toEqual([codec]);
    expect(bench.broker.last('succeeded', job)?.data.skippedStreams).toHaveLength(skipped);
  });

  const parsed: Element[] = [
    { name: 'parsebin', alias: 'p' },
    { goto: 'p' },
    { name: 'queue' },
    { name: 'jpegparse' },
    { linkto: 'mux' },
    { goto: 'p' },
    { name: 'queue' },
    { name: 'vorbisparse' },
    { name: 'matroskamux', alias: 'mux' },
  ];
  it('parsebin, which never says that it has no more: the branch without a stream is cut as quickly', async () => {
    const source = await bench.upload('in/silent.mkv', await makeClip(bench.folder, 'silent.mkv', { audio: false }));
    const data = bench.request({ source, elements: parsed, sinks: { out: 'media/out/silent.mkv' }, limits: { stall: 5 } });
    expect(await bench.ask(data)).toBe(204);
    expect((await bench.decoded('out/silent.mkv')).streams).toMatchObject([{ codec: 'mjpeg', frames: 15 }]);
    expect(bench.broker.last('succeeded', data.job)?.data.skippedStreams).toHaveLength(1);
  });

  it('parsebin with no branch that fits: a permanent failure that names what there is', async () => {
    const source = await bench.upload('in/tone2.mkv', await makeClip(bench.folder, 'tone2.mkv', { video: false }));
    const data = bench.request({ source, elements: [...parsed.slice(0, 4), { name: 'matroskamux' }] });
    expect(await bench.ask(data)).toBe(422);
    const { code, message } = bench.broker.last('failed', data.job)?.data.error ?? {};
    expect(code).toBe('NO_STREAMS');
    expect(message).toContain('audio (vorbis)');
  });

  it('fail where that is asked for, with a message that says what there is', async () => {
    const source = await bench.upload('in/mute.mkv', await makeClip(bench.folder, 'mute.mkv', { audio: false }));
    const data = bench.request({ source, elements: mp4Converter, onMissingStream: 'fail' });
    expect(await bench.ask(data)).toBe(422);
    const { code, message } = bench.broker.last('failed', data.job)?.data.error ?? {};
    expect(code).toBe('MISSING_STREAM');
    expect(message).toMatch(/audio.*video/);
  });

  it('leave nothing to do where no branch fits', async () => {
    const source = await bench.upload('in/tone.mkv', await makeClip(bench.folder, 'tone.mkv', { video: false }));
    const data = bench.request({ source, elements: video([]) });
    expect(await bench.ask(data)).toBe(422);
    expect(bench.broker.last('failed', data.job)?.data.error.code).toBe('NO_STREAMS');
    expect(await bench.leftovers([data.sinks[0]?.key ?? ''])).toEqual([]);
  });
});

describe('a directory as output', () => {
  const hls: Element[] = [
    { name: 'decodebin', alias: 'd' },
    { goto: 'd' },
    { name: 'videoconvert' },
    { name: 'x264enc', properties: { 'speed-preset': 'ultrafast', 'key-int-max': 15 } },
    { name: 'h264parse' },
    {
      name: 'hlssink2',
      properties: {
        location: 'segment%03d.ts',
        'playlist-location': 'index.m3u8',
        'target-duration': 1,
        'playlist-length': 0,
        'max-files': 0,
      },
    },
  ];
  it('holds every segment that its playlist names, and the mark that it is whole', async () => {
    const data = bench.request({ source: clip, elements: hls, sinks: { out: 'media/hls/clip/' } });
    const status = await bench.ask(data);
    expect(bench.broker.last('failed', data.job)?.data.error).toBeUndefined();
    expect(status).toBe(204);
    const keys = await bench.keys('hls/clip/');
    expect(keys).toContain('hls/clip/index.m3u8');
    const chunks: Buffer[] = [];
    for await (const chunk of await bench.minio.client.getObject('media', 'hls/clip/index.m3u8')) chunks.push(chunk as Buffer);
    const named = Buffer.concat(chunks)
      .toString()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(named.length).toBeGreaterThan(1);
    for (const name of named) expect(keys).toContain(`hls/clip/${name}`);
    expect(keys.some((key) => key.endsWith('gst-job.json'))).toBe(true);
    expect(await bench.ask(data)).toBe(204);
    expect(bench.broker.last('succeeded', data.job)?.data.reused).toBe(true);
  });
});
