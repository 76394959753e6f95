/** Every file, given to the demo's Transform, ends as media.json says; none hangs, none leaves anything behind. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corpusPath, readCorpus } from '../support/corpus.ts';
import { mp4Converter } from '../support/pipelines.ts';
import { startTranscodeBench, type TranscodeBench } from '../support/transcode.ts';

interface MediaFile {
  file: string;
  expect: 'ok' | 'permanent';
  notes: string;
  /** What gst-launch gave: streams and seconds, or its error. */
  mp4?: { rc: number; streams?: string[]; duration?: number };
}

/** Seconds that the length of an output may differ from that of gst-launch: two frames at 25 a second. */
const slack = 0.08;
/** Files that need more than this may be refused for it, in bytes. */
const memory = 1536 * 1024 * 1024;
/** Files that ask for gigabytes once decoded: an end by the memory limit is as good as an output. */
const bombs = ['bomb-16000x9000.webp', 'hevc-8k-8-frames.mp4'];
/** Never ends where it is read from a local file, so its time limit is short; no other file needs as long. */
const neverEnds = 'gif-never-ends.gif';

/** What the failures must be called, where the file leaves no doubt. */
const codes: Record<string, string> = {
  'vvc-unsupported.mp4': 'MEDIA_UNSUPPORTED',
  'cenc-widevine-encrypted.mp4': 'MEDIA_ENCRYPTED',
  'nestegg-bug1480003.webm': 'MEDIA_NO_FRAMES',
  'zero-length.webm': 'MEDIA_EMPTY',
  'elf-renamed.mp4': 'MEDIA_UNRECOGNISED',
  'html5-renamed.mp4': 'MEDIA_UNRECOGNISED',
  'vp9-odd-dimensions.webm': 'ENCODER_FAILED',
};

const files = readCorpus<MediaFile[]>('media.json');
let bench: TranscodeBench;

beforeAll(async () => {
  bench = await startTranscodeBench({ env: { MAX_MEMORY: String(memory) } });
});
afterAll(() => bench?.close());

async function convert(file: string) {
  const key = `out/${file}.mp4`;
  const source = await bench.upload(`in/${file}`, corpusPath('media', file));
  const limits = { timeout: file === neverEnds ? 5 : 90, stall: 20 };
  const data = bench.request({ source, elements: mp4Converter, sinks: { out: `media/${key}` }, limits });
  const status = await bench.ask(data);
  const failed = bench.broker.last('failed', data.job)?.data.error;
  return { key, status, job: data.job, failed };
}

describe('media of the corpus', () => {
  it('has the files that are told of', () => expect(files.length).toBeGreaterThanOrEqual(50));

  const fine = files.filter(({ mp4 }) => mp4?.rc === 0);
  it.each(fine.map(({ file, notes, mp4 }) => [file, notes, mp4] as const))(
    '%s comes out whole (%s)',
    async (file, _notes, mp4) => {
      const { key, status, failed } = await convert(file);
      if (failed?.code === 'MEMORY_LIMIT' && bombs.includes(file)) {
        expect(status).toBe(422);
        expect(await bench.keys(key)).toEqual([]);
      } else {
        expect(failed).toBeUndefined();
        expect(status).toBe(204);
        const { streams, duration } = await bench.decoded(key);
        expect([...new Set(streams.map(({ kind }) => kind))].sort()).toEqual(mp4?.streams);
        expect(Math.abs(duration - (mp4?.duration ?? 0))).toBeLessThan(slack);
        for (const stream of streams) expect(stream.frames).toBeGreaterThan(0);
      }
      expect(await bench.leftovers([key])).toEqual([]);
    },
  );

  const bad = files.filter(({ mp4 }) => mp4?.rc !== 0);
  it.each(bad.map(({ file, notes }) => [file, notes]))('%s fails for good and gives no output (%s)', async (file) => {
    const { key, status, failed } = await convert(file);
    expect(failed).toMatchObject({ class: 'permanent', message: expect.stringMatching(/\S/) });
    if (codes[file]) expect(failed.code).toBe(codes[file]);
    expect(status).toBe(422);
    expect(await bench.keys(key)).toEqual([]);
    expect(await bench.leftovers([key])).toEqual([]);
  });
});
