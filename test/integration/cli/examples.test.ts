/** Every example is run over generated media, and what comes out is decoded. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DecodedStream, decode } from '../../../cli/demo/verify.ts';
import { readTransform } from '../../../cli/read-transforms.ts';
import { type OnceOutput, type OnceResult, runOnce } from '../../../cli/run/once.ts';
import { launch, makeClip } from '../../support/clips.ts';

const examples = new URL('../../../examples/', import.meta.url).pathname;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gst-examples-'));
  await makeClip(folder, 'clip.mkv', { seconds: 2, width: 320, height: 180 });
  await makeClip(folder, 'large.mkv', { seconds: 1, width: 1920, height: 1080, framerate: 5 });
  await makeClip(folder, 'tall.mkv', { seconds: 1, width: 540, height: 960, framerate: 5 });
  await makeClip(folder, 'silent.mkv', { seconds: 2, audio: false });
  await makeClip(folder, 'sound.mkv', { seconds: 2, video: false });
  for (const [name, volume] of [
    ['loud.wav', 0.5],
    ['quiet.wav', 0.06],
  ] as const) {
    await launch(
      `audiotestsrc num-buffers=400 samplesperbuffer=441 volume=${volume} ! audio/x-raw,format=S16LE,rate=44100,channels=1 ! wavenc ! filesink location=${join(folder, name)}`,
    );
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let runs = 0;
async function run(example: string, input = 'clip.mkv'): Promise<OnceResult> {
  const { transform } = await readTransform(join(examples, `${example}.yaml`), undefined);
  const { signal } = new AbortController();
  const log = pino({ level: 'silent' });
  return runOnce({ transform, input: join(folder, input), folder: join(folder, `out${runs++}`), log, signal });
}

const only = ([output]: OnceOutput[], ...others: OnceOutput[]): OnceOutput => {
  if (output === undefined || others.length > 0) throw new Error('one output was expected');
  return output;
};
const byKind = (streams: DecodedStream[]) => Object.fromEntries(streams.map((stream) => [stream.kind, stream]));

/** Of an example with one output: its key, and what it must decode to. The clip has 30 frames in 2 s. */
const cases: Array<[example: string, input: string, key: string, streams: Record<string, Partial<DecodedStream>>]> = [
  [
    'mp4-converter',
    'clip.mkv',
    'mp4/clip.mkv.mp4',
    { video: { codec: 'h264', width: 320, height: 180, frames: 30 }, audio: { codec: 'aac', rate: 44_100, channels: 2 } },
  ],
  ['mp4-converter', 'sound.mkv', 'mp4/sound.mkv.mp4', { audio: { codec: 'aac' } }],
  ['mp4-converter', 'silent.mkv', 'mp4/silent.mkv.mp4', { video: { codec: 'h264', frames: 30 } }],
  [
    'webm',
    'clip.mkv',
    'webm/clip.mkv.webm',
    { video: { codec: 'vp9', width: 320, height: 180, frames: 30 }, audio: { codec: 'opus', rate: 48_000 } },
  ],
  // scaled down to fit, in its shape; and never enlarged
  [
    'web-mp4',
    'large.mkv',
    'web/large.mkv.mp4',
    { video: { codec: 'h264', width: 1280, height: 720, frames: 5 }, audio: { codec: 'aac' } },
  ],
  [
    'web-mp4',
    'clip.mkv',
    'web/clip.mkv.mp4',
    { video: { codec: 'h264', width: 320, height: 180, frames: 30 }, audio: { codec: 'aac' } },
  ],
  ['preview', 'clip.mkv', 'previews/clip.mkv.webm', { video: { codec: 'vp8', width: 240, height: 134 } }],
  [
    'square',
    'clip.mkv',
    'square/clip.mkv.mp4',
    { video: { codec: 'h264', width: 480, height: 480, frames: 30 }, audio: { codec: 'aac' } },
  ],
  [
    'watermark',
    'clip.mkv',
    'watermarked/clip.mkv.mp4',
    { video: { codec: 'h264', width: 320, height: 180, frames: 30 }, audio: { codec: 'aac' } },
  ],
  ['thumbnail', 'large.mkv', 'thumbnails/large.mkv.jpg', { video: { codec: 'mjpeg', width: 320, height: 180, frames: 1 } }],
  ['thumbnail', 'tall.mkv', 'thumbnails/tall.mkv.jpg', { video: { codec: 'mjpeg', width: 180, height: 320, frames: 1 } }],
  ['audio-mp3', 'clip.mkv', 'mp3/clip.mkv.mp3', { audio: { codec: 'mp3', rate: 44_100, channels: 2 } }],
  ['audio-opus', 'clip.mkv', 'opus/clip.mkv.opus', { audio: { codec: 'opus', rate: 48_000, channels: 1 } }],
  ['audio-flac', 'loud.wav', 'flac/loud.wav.flac', { audio: { codec: 'flac', rate: 44_100, channels: 1 } }],
  ['podcast', 'loud.wav', 'podcast/loud.wav.mp3', { audio: { codec: 'mp3', channels: 1 } }],
  [
    'remux',
    'clip.mkv',
    'mkv/clip.mkv.mkv',
    // the codecs of the clip, untouched
    { video: { codec: 'mjpeg', width: 320, height: 180, frames: 30 }, audio: { codec: 'vorbis', rate: 44_100 } },
  ],
  ['remux', 'sound.mkv', 'mkv/sound.mkv.mkv', { audio: { codec: 'vorbis' } }],
  ['wav', 'clip.mkv', 'wav/clip.mkv.wav', { audio: { codec: 'pcm_s16le', rate: 48_000, channels: 2 } }],
];

/** Examples with tests of their own below. */
const others = ['video-splitter', 'hls', 'frames', 'publish'];
/** Seconds that encoders add, or leave out, at the ends of a stream. */
const tolerance = 0.15;

describe('the examples', () => {
  it('are many, and each is run here', async () => {
    const names = (await readdir(examples)).map((name) => name.replace(/\.yaml$/, ''));
    expect(names.length).toBeGreaterThanOrEqual(14);
    expect([...new Set([...cases.map(([name]) => name), ...others])].sort()).toEqual(names.sort());
  });

  it.each(cases)('%s over %s gives %s', async (example, input, key, streams) => {
    const result = await run(example, input);
    const output = only(result.outputs);
    expect(`${output.bucket}/${output.key}`).toBe(`gst-processing/${key}`);
    const decoded = await decode(output.path);
    const found = byKind(decoded.streams);
    expect(decoded.streams).toHaveLength(Object.keys(streams).length);
    expect(found).toMatchObject(streams);
    const wanted = (await decode(join(folder, input))).duration;
    if (!output.path.endsWith('.jpg')) expect(Math.abs(decoded.duration - wanted)).toBeLessThan(tolerance);
    for (const { frames } of decoded.streams) expect(frames).toBeGreaterThan(0);
  });

  it('thumbnail gives one picture, whatever frames the decoder has in hand when it is asked to end', async () => {
    await launch(
      `videotestsrc num-buffers=60 ! video/x-raw,width=640,height=360,framerate=30/1 ! x264enc ! matroskamux ! filesink location=${join(folder, 'h264.mkv')}`,
    );
    const { path } = only((await run('thumbnail', 'h264.mkv')).outputs);
    expect((await readFile(path, 'latin1')).split('\xff\xd8\xff')).toHaveLength(2); // each begins with these
  });

  it('video-splitter gives a film without sound and a sound without a film', async () => {
    const { outputs } = await run('video-splitter');
    expect(outputs.map(({ name, key }) => [name, key])).toEqual([
      ['video', 'split_video/clip.mkv.mp4'],
      ['audio', 'split_audio/clip.mkv.mp3'],
    ]);
    const [video, audio] = await Promise.all(outputs.map(({ path }) => decode(path)));
    expect(video?.streams).toMatchObject([{ kind: 'video', codec: 'h264', frames: 30 }]);
    expect(audio?.streams).toMatchObject([{ kind: 'audio', codec: 'mp3' }]);
  });

  it('video-splitter writes no sound where there is none, and says so', async () => {
    const { outputs, skippedOutputs, skippedStreams } = await run('video-splitter', 'silent.mkv');
    expect(outputs.map(({ name }) => name)).toEqual(['video']);
    expect(skippedOutputs).toEqual(['audio']);
    expect(skippedStreams.length).toBeGreaterThan(0);
  });

  it('hls gives a playlist whose every segment is there, and plays', async () => {
    const output = only((await run('hls')).outputs);
    expect(output.path.endsWith('/hls/clip.mkv/')).toBe(true);
    const playlist = await readFile(join(output.path, 'index.m3u8'), 'utf8');
    const segments = playlist.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(segments.length).toBeGreaterThan(0);
    expect(playlist).toContain('#EXT-X-ENDLIST');
    for (const segment of segments) expect(output.files).toContain(segment);
    const decoded = await decode(join(output.path, 'index.m3u8'));
    expect(byKind(decoded.streams)).toMatchObject({ video: { codec: 'h264', frames: 30 }, audio: { codec: 'aac' } });
  });

  it('frames gives a picture of every second', async () => {
    const output = only((await run('frames')).outputs);
    expect(output.files).toEqual(['frame-00000.jpg', 'frame-00001.jpg', 'frame-00002.jpg']);
    for (const name of output.files ?? []) {
      const { streams } = await decode(join(output.path, name));
      expect(streams).toMatchObject([{ codec: 'mjpeg', width: 320, height: 180, frames: 1 }]);
    }
  });

  it('publish gives the whole film, its sound and one picture', async () => {
    const { outputs } = await run('publish');
    expect(outputs.map(({ key }) => key)).toEqual(
      ['film.mp4', 'sound.opus', 'poster.jpg'].map((name) => `published/clip.mkv/${name}`),
    );
    const [film, sound, poster] = await Promise.all(outputs.map(({ path }) => decode(path)));
    expect(byKind(film?.streams ?? [])).toMatchObject({ video: { codec: 'h264', frames: 30 }, audio: { codec: 'aac' } });
    expect(Math.abs((film?.duration ?? 0) - 2)).toBeLessThan(tolerance);
    expect(sound?.streams).toMatchObject([{ codec: 'opus' }]);
    expect(poster?.streams).toMatchObject([{ codec: 'mjpeg', width: 320, height: 180, frames: 1 }]);
  });

  it('web-mp4 keeps the shape of a tall picture, and has its index in front', async () => {
    const output = only((await run('web-mp4', 'tall.mkv')).outputs);
    const { video } = byKind((await decode(output.path)).streams);
    expect(video?.height).toBe(720);
    expect(Math.abs((video?.width ?? 0) / 720 - 540 / 960)).toBeLessThan(0.01);
    const bytes = await readFile(output.path);
    expect(bytes.indexOf('moov')).toBeGreaterThan(0);
    expect(bytes.indexOf('moov')).toBeLessThan(bytes.indexOf('mdat'));
  });

  it('watermark shows its text at the lower right, and nothing elsewhere', async () => {
    const marked = await pixels(only((await run('watermark', 'silent.mkv')).outputs).path);
    const plain = await pixels(only((await run('mp4-converter', 'silent.mkv')).outputs).path);
    const { width, height } = { width: 160, height: 120 };
    const differing = (from: number, to: number) => {
      let count = 0;
      for (let i = from * width; i < to * width; i++) if (Math.abs((marked[i] ?? 0) - (plain[i] ?? 0)) > 60) count++;
      return count;
    };
    expect(differing(height / 2, height)).toBeGreaterThan(100);
    expect(differing(0, height / 4)).toBe(0);
  });

  it('podcast brings loud and quiet speech closer together, and does not clip', async () => {
    const [loud, quiet] = [await loudness(join(folder, 'loud.wav')), await loudness(join(folder, 'quiet.wav'))];
    expect(loud - quiet).toBeGreaterThan(15);
    const levelled = await Promise.all(
      ['loud.wav', 'quiet.wav'].map(async (input) => loudness(only((await run('podcast', input)).outputs).path)),
    );
    expect((levelled[0] ?? 0) - (levelled[1] ?? 0)).toBeLessThan(loud - quiet - 3);
    expect(levelled[1]).toBeGreaterThan(quiet + 5);
    expect(levelled[0]).toBeLessThan(-3);
  });

  it('audio-flac has the very samples of its source', async () => {
    const output = only((await run('audio-flac', 'loud.wav')).outputs);
    expect((await samples(output.path)).equals(await samples(join(folder, 'loud.wav')))).toBe(true);
  });
});

/** Samples of 16 bits, one channel. */
async function samples(path: string): Promise<Buffer> {
  const raw = join(folder, `raw${runs++}`);
  await launch(
    `filesrc location=${path} ! decodebin ! audioconvert ! audio/x-raw,format=S16LE,channels=1 ! filesink location=${raw}`,
  );
  return readFile(raw);
}

/** Root of the mean square, in dB of full scale. */
async function loudness(path: string): Promise<number> {
  const bytes = await samples(path);
  let sum = 0;
  for (let at = 0; at + 1 < bytes.length; at += 2) sum += (bytes.readInt16LE(at) / 32_768) ** 2;
  return 10 * Math.log10(sum / (bytes.length / 2));
}

/** Brightness of the pixels of the first frame, row by row. */
async function pixels(path: string): Promise<Buffer> {
  const raw = join(folder, `raw${runs++}`);
  await launch(`filesrc location=${path} ! decodebin ! videoconvert ! video/x-raw,format=GRAY8 ! filesink location=${raw}`);
  return readFile(raw);
}
