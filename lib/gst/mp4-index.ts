/**
 * What the index of an mp4 or mov (its `moov` box, ISO/IEC 14496-12) declares: how long each track is by its sample
 * table, and how much of that lies inside of the file. Headers (mvhd, mdhd) also tell a duration, but claim what they like.
 */
import { boxHead, type ReadAt, topBoxes, view } from './mp4-boxes.ts';

export interface IndexedTrack {
  kind: 'video' | 'audio' | 'other';
  /** Seconds that the samples last, as far as the edit list shows them. */
  declared: number;
  /** Seconds of samples whose bytes the file has. */
  present: number;
  /** Seconds of the longest of its last samples, one of which is the last that is shown. */
  last: number;
}

/** Samples of which one is the last that is shown: an encoder of H.264 or H.265 puts a picture no further from its place. */
const reordered = 16;

/** Largest index that is read, in bytes: that of a day of video has less. */
const maxIndexBytes = 64 * 1024 * 1024;

/** The tracks, or undefined where the file is no mp4 or mov, or has no index that can be read. */
export async function readMp4Index(readAt: ReadAt, fileSize: number): Promise<IndexedTrack[] | undefined> {
  for await (const { type, offset, size } of topBoxes(readAt, fileSize)) {
    if (type !== 'moov') continue;
    if (size > maxIndexBytes || offset + size > fileSize) return undefined;
    return tracksOf(view(await readAt(offset, size)), fileSize);
  }
  return undefined;
}

/** The content of the first box of each type inside of `data`; of `trak` every one. */
function* children(data: DataView): Generator<[type: string, content: DataView]> {
  for (let at = 0; at + 8 <= data.byteLength; ) {
    const box = boxHead(data, at, data.byteLength - at);
    if (!box || at + box.size > data.byteLength || box.size < box.content) return;
    yield [box.type, new DataView(data.buffer, data.byteOffset + at + box.content, box.size - box.content)];
    at += box.size;
  }
}

function inside(data: DataView, ...path: string[]): DataView | undefined {
  let at: DataView | undefined = data;
  for (const type of path) at = at && [...children(at)].find(([name]) => name === type)?.[1];
  return at;
}

function tracksOf(moovBox: DataView, fileSize: number): IndexedTrack[] {
  const moov = inside(moovBox, 'moov');
  if (!moov) return [];
  const movieScale = timescale(inside(moov, 'mvhd'));
  const tracks = [...children(moov)].filter(([type]) => type === 'trak').map(([, trak]) => trak);
  return tracks.flatMap((trak) => {
    try {
      return [trackOf(trak, movieScale, fileSize)];
    } catch (error) {
      if (error instanceof RangeError) return []; // a table that is shorter than it says: GStreamer will say so too
      throw error;
    }
  });
}

const kinds: Record<string, IndexedTrack['kind']> = { vide: 'video', soun: 'audio' };

function trackOf(trak: DataView, movieScale: number, fileSize: number): IndexedTrack {
  const scale = timescale(inside(trak, 'mdia', 'mdhd'));
  const handler = inside(trak, 'mdia', 'hdlr');
  const name = handler ? String.fromCharCode(...[8, 9, 10, 11].map((byte) => handler.getUint8(byte))) : '';
  const stbl = inside(trak, 'mdia', 'minf', 'stbl');
  const { all, present, last } = stbl && scale > 0 ? sampleTimes(stbl, fileSize) : none;
  const total = all / scale || 0;
  const shown = editedSeconds(inside(trak, 'edts', 'elst'), movieScale, (start) => Math.max(0, total - start / scale));
  const declared = Math.min(total, shown ?? Number.POSITIVE_INFINITY);
  return {
    kind: kinds[name] ?? 'other',
    declared,
    present: Math.min(present / scale || 0, declared),
    last: last / scale || 0,
  };
}

/** Of mvhd and mdhd alike: behind two times, whose width the version tells. */
function timescale(header: DataView | undefined): number {
  if (!header || header.byteLength === 0) return 0;
  const at = header.getUint8(0) === 1 ? 20 : 12;
  return at + 4 <= header.byteLength ? header.getUint32(at) : 0;
}

/**
 * Sum of the edits that show something; empty ones (media time -1) only delay. None shows more than the rest of the track
 * from its start on, which is what one without a duration shows.
 */
function editedSeconds(elst: DataView | undefined, movieScale: number, restFrom: (start: number) => number): number | undefined {
  if (!elst || movieScale === 0) return undefined;
  const wide = elst.getUint8(0) === 1;
  const count = elst.getUint32(4);
  let sum = 0;
  for (let index = 0; index < count; index++) {
    const at = 8 + index * (wide ? 20 : 12);
    const duration = wide ? Number(elst.getBigUint64(at)) : elst.getUint32(at);
    const start = wide ? Number(elst.getBigInt64(at + 8)) : elst.getInt32(at + 4);
    if (start >= 0) sum += duration > 0 ? Math.min(duration / movieScale, restFrom(start)) : restFrom(start);
  }
  return sum > 0 ? sum : undefined;
}

/** In ticks: all samples, those whose bytes end inside of the file, and the longest of the last. */
interface SampleTimes {
  all: number;
  present: number;
  last: number;
}
const none: SampleTimes = { all: 0, present: 0, last: 0 };

function sampleTimes(stbl: DataView, fileSize: number): SampleTimes {
  const stts = inside(stbl, 'stts');
  const stsz = inside(stbl, 'stsz');
  const stsc = inside(stbl, 'stsc');
  const stco = inside(stbl, 'stco');
  const co64 = inside(stbl, 'co64');
  const offsets = stco ?? co64;
  if (!stts || !stsz || !stsc || !offsets) return none;

  const times = stts.getUint32(4);
  const fixedSize = stsz.getUint32(4);
  const samples = stsz.getUint32(8);
  const runs = stsc.getUint32(4);
  const chunks = offsets.getUint32(4);
  let all = 0;
  let last = 0;
  for (let index = times - 1, behind = 0; index >= 0; index--) {
    const [count, ticks] = [stts.getUint32(8 + index * 8), stts.getUint32(12 + index * 8)];
    all += count * ticks;
    if (count > 0 && behind < reordered) last = Math.max(last, ticks);
    behind += count;
  }

  let present = 0;
  let sample = 0;
  let run = -1;
  let time = 0;
  let left = times > 0 ? stts.getUint32(8) : 0;
  for (let chunk = 0; chunk < chunks && sample < samples; chunk++) {
    while (run + 1 < runs && stsc.getUint32(8 + (run + 1) * 12) <= chunk + 1) run++;
    if (run < 0) break;
    let at = co64 && !stco ? Number(co64.getBigUint64(8 + chunk * 8)) : offsets.getUint32(8 + chunk * 4);
    let inChunk = Math.min(stsc.getUint32(12 + run * 12), samples - sample);
    while (inChunk > 0) {
      while (left === 0 && time + 1 < times) left = stts.getUint32(8 + ++time * 8);
      if (left === 0) break;
      // samples of one size are counted, not walked: a table of a few bytes may claim four thousand million
      const step = fixedSize > 0 ? Math.min(left, inChunk) : 1;
      const size = fixedSize || stsz.getUint32(12 + sample * 4);
      const there = at + size * step <= fileSize ? step : Math.max(0, Math.floor((fileSize - at) / size));
      present += there * stts.getUint32(12 + time * 8);
      at += size * step;
      left -= step;
      inChunk -= step;
      sample += step;
    }
  }
  return { all, present, last };
}
