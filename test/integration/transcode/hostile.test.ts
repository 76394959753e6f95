/** Media that would take all memory or all time: a limit ends each, and the server is then as it was before. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Limits } from '../../../lib/events/types.ts';
import type { Element } from '../../../lib/graph/model.ts';
import { launch, makeClip } from '../../support/clips.ts';
import { childrenOf, lives } from '../../support/engine.ts';
import { startTranscodeBench, type TranscodeBench } from '../../support/transcode.ts';
import { until } from '../../support/until.ts';

let bench: TranscodeBench;
beforeAll(async () => {
  bench = await startTranscodeBench({ env: { MAX_MEMORY: '400Mi' } });
});
afterAll(() => bench?.close());

/** The children of transcode, once the spare one is loaded: all of this process but MinIO. */
async function ownChildren(): Promise<number[]> {
  await until(async () => (await readiness()).warm === true);
  return (await childrenOf(process.pid)).filter((pid) => pid !== bench.minio.pid);
}

const readiness = async () =>
  (await bench.running.app.fetch(new Request('http://transcode/health/readiness'))).json() as Promise<{
    warm: boolean;
    busy: boolean;
  }>;

/** A PNG of one black bit a pixel: 15 kB of file, 900 MB as a picture of bytes. */
function hugePng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = 1; // bits a sample, greyscale
  const rows = deflateSync(Buffer.alloc(height * (1 + Math.ceil(width / 8))));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const decoded: Element[] = [{ name: 'decodebin', alias: 'd' }, { goto: 'd' }, { name: 'videoconvert' }];
const picture: Element[] = [...decoded, { name: 'jpegenc' }];
/** As many frames for every moment, whether the input has them or not. */
const steady: Element[] = [
  ...decoded,
  { name: 'videorate' },
  { name: 'capsfilter', properties: { caps: 'video/x-raw,framerate=25/1' } },
  { name: 'jpegenc' },
  { name: 'avimux' },
];

/** Two frames, three years apart. */
const endless = (path: string) =>
  launch(
    `videotestsrc num-buffers=2 ! video/x-raw,format=I420,width=64,height=48,framerate=1/100000000 ! jpegenc ! matroskamux ! filesink location=${path}`,
  );

describe('a file that would take everything', () => {
  const cases: Array<
    [what: string, make: (path: string) => Promise<void>, elements: Element[], limits: Partial<Limits>, codes: RegExp]
  > = [
    [
      'a picture of 30,000 × 30,000',
      (path) => writeFile(path, hugePng(30_000, 30_000)),
      picture,
      { timeout: 120 },
      /^(MEMORY_LIMIT|TIMEOUT)$/,
    ],
    ['a stream without an end', endless, steady, { timeout: 3 }, /^TIMEOUT$/],
    ['a stream that grows without an end', endless, steady, { timeout: 120, outputBytes: 1_000_000 }, /^OUTPUT_TOO_LARGE$/],
  ];
  it.each(cases)(
    '%s: ended by a limit, 422; nothing is left, and the next object is made',
    async (what, make, elements, limits, codes) => {
      const name = what.replace(/\W+/g, '-');
      const path = join(bench.folder, name);
      await make(path);
      const before = await ownChildren();
      expect(before).toHaveLength(1);
      const source = await bench.upload(`in/${name}`, path);
      const data = bench.request({ source, elements, limits, sinks: { out: `media/out/${name}` } });
      expect(await bench.ask(data)).toBe(422);
      const { error } = bench.broker.last('failed', data.job)?.data ?? {};
      expect(error).toMatchObject({ code: expect.stringMatching(codes), class: 'permanent' });

      expect(await bench.keys('out/')).toEqual([]);
      expect(await bench.leftovers([`out/${name}`])).toEqual([]);
      for (const child of before) expect(await lives(child), 'the child that ran it').toBe(false);
      expect((await readiness()).busy).toBe(false);
      expect(await ownChildren()).toHaveLength(1);

      const clip = await bench.upload('in/clip.mkv', await makeClip(bench.folder, 'clip.mkv', { audio: false }));
      const next = bench.request({ source: clip, elements: steady, sinks: { out: `media/fine/${name}.avi` } });
      expect(await bench.ask(next)).toBe(204);
      expect((await bench.decoded(`fine/${name}.avi`)).streams).toMatchObject([{ frames: expect.any(Number), width: 160 }]);
    },
  );
});
