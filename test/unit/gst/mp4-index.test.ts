import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMp4Index } from '../../../lib/gst/mp4-index.ts';
import { cpuTime } from '../../support/cpu-time.ts';

const u32 = (...values: number[]) => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
};
const box = (type: string, ...contents: Buffer[]) => {
  const content = Buffer.concat(contents);
  return Buffer.concat([u32(content.length + 8), Buffer.from(type, 'latin1'), content]);
};

interface TrackFields {
  handler?: string;
  edit?: number;
  start?: number;
  /** Of one run of samples after the other: how many, and how long each lasts in ms. */
  times?: number[];
}

/** Samples of 100 bytes, in one chunk at `offset`: ten of 1 s each, unless `times` tells otherwise. */
function track(offset: number, { handler = 'vide', edit, start = 0, times = [10, 1000] }: TrackFields = {}): Buffer {
  const count = times.reduce((sum, value, at) => (at % 2 === 0 ? sum + value : sum), 0);
  const stbl = box(
    'stbl',
    box('stts', u32(0, times.length / 2, ...times)),
    box('stsz', u32(0, 100, count)),
    box('stsc', u32(0, 1, 1, count, 1)),
    box('stco', u32(0, 1, offset)),
  );
  const mdia = box(
    'mdia',
    box('mdhd', u32(0, 0, 0, 1000, 99_000)),
    box('hdlr', u32(0, 0), Buffer.from(handler), u32(0)),
    box('minf', stbl),
  );
  return box('trak', ...(edit === undefined ? [] : [box('edts', box('elst', u32(0, 1, edit, start, 0x10000)))]), mdia);
}
const moov = (...tracks: Buffer[]) => box('moov', box('mvhd', u32(0, 0, 0, 600, 0)), ...tracks);
const read = (file: Buffer, size = file.length) =>
  readMp4Index(async (offset, length) => file.subarray(offset, Math.min(offset + length, file.length)), size);

const ftyp = box('ftyp', Buffer.from('isom'), u32(0));
const data = box('mdat', Buffer.alloc(1000));
const withIndexLast = Buffer.concat([ftyp, data, moov(track(ftyp.length + 8))]);

describe('the index of an mp4', () => {
  it('tells how long the samples of a track are, whatever its headers claim', async () => {
    expect(await read(withIndexLast)).toEqual([{ kind: 'video', declared: 10, present: 10, last: 1 }]);
  });

  it('tells how much of it the file has', async () => {
    const index = moov(track(0));
    const first = ftyp.length + index.length + 8;
    const file = Buffer.concat([ftyp, moov(track(first)), data]);
    expect(await read(file.subarray(0, first + 350))).toEqual([{ kind: 'video', declared: 10, present: 3, last: 1 }]);
  });

  const lengths: Array<[what: string, times: number[], last: number]> = [
    ['the last', [20, 40, 1, 3000], 3],
    ['one that is shown behind the last', [20, 40, 1, 3000, 2, 40], 3],
    ['none that comes long before', [1, 3000, 16, 40], 0.04],
    ['those that there are', [2, 500, 0, 9000], 0.5],
  ];
  it.each(lengths)('tells how long the last picture may be shown, by %s', async (_what, times, last) => {
    const file = Buffer.concat([ftyp, moov(track(0, { times }))]);
    expect(await read(file, 1e6)).toMatchObject([{ last }]);
  });

  it('follows the edit list: what is not shown is not missing', async () => {
    const file = Buffer.concat([ftyp, data, moov(track(ftyp.length + 8, { edit: 2400, handler: 'soun' }))]);
    expect(await read(file)).toEqual([{ kind: 'audio', declared: 4, present: 4, last: 1 }]);
  });

  it.each([
    ['tells no duration', 0],
    ['claims more than there is', 6000],
  ])('shows the rest of the track from the start of an edit that %s', async (_what, edit) => {
    const file = Buffer.concat([ftyp, data, moov(track(ftyp.length + 8, { edit, start: 3000 }))]);
    expect(await read(file)).toMatchObject([{ declared: 7, present: 7 }]);
  });

  const none: Array<[what: string, file: Buffer]> = [
    ['another type of file', Buffer.from('\x1aE\xdf\xa3 matroska and more of it', 'latin1')],
    ['nothing', Buffer.alloc(0)],
    ['a file that is cut off before its index', withIndexLast.subarray(0, 500)],
    ['a file that is cut off within its index', withIndexLast.subarray(0, withIndexLast.length - 10)],
    ['a box of a length that cannot be', Buffer.concat([ftyp, u32(3), Buffer.from('moov'), Buffer.alloc(50)])],
  ];
  it.each(none)('is none in %s', async (_what, file) => expect(await read(file)).toBeUndefined());

  it('whose tables claim more than they hold gives no track, and no error', async () => {
    const short = Buffer.from(withIndexLast);
    short.writeUInt32BE(1_000_000, short.indexOf('stts') + 8);
    expect(await read(short)).toEqual([]);
  });

  it('that claims thousands of millions of samples in a few bytes is read at once', async () => {
    const most = 0xffffffff;
    const stbl = box(
      'stbl',
      box('stts', u32(0, 1, most, 1)),
      box('stsz', u32(0, 1, most)),
      box('stsc', u32(0, 1, 1, most, 1)),
      box('stco', u32(0, 1, 0)),
    );
    const mdia = box('mdia', box('mdhd', u32(0, 0, 0, 1, 0)), box('hdlr', u32(0, 0), Buffer.from('vide')), box('minf', stbl));
    const file = Buffer.concat([ftyp, moov(box('trak', mdia))]);
    const begun = cpuTime();
    expect(await read(file)).toEqual([{ kind: 'video', declared: most, present: file.length, last: 1 }]);
    expect(cpuTime() - begun).toBeLessThan(500); // milliseconds; one by one it takes many seconds
  });

  it('of any bytes gives tracks or none, and no error', async () => {
    const places = fc.array(fc.tuple(fc.nat(withIndexLast.length - 1), fc.nat(255)), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(places, async (changes) => {
        const file = Buffer.from(withIndexLast);
        for (const [at, byte] of changes) file[at] = byte;
        const tracks = await read(file);
        for (const { declared, present } of tracks ?? []) expect(declared >= present && present >= 0).toBe(true);
      }),
      { numRuns: 500 },
    );
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => void (await read(Buffer.from(bytes)))));
  });
});
