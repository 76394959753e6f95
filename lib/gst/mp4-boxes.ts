/** The boxes that an mp4 or mov consists of (ISO/IEC 14496-12): their heads alone, few bytes of a file of any size. */

/** Reads `length` bytes from `offset` on, or fewer where the file ends. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

export interface Box {
  type: string;
  /** Of head and content. */
  size: number;
  /** Where the content begins, from the begin of the box. */
  content: number;
}

/** Boxes at the top of a file that are looked at, at most: the index comes before them, or with the last. */
export const maxTopBoxes = 64;
const headBytes = 16;
/** A file begins with one of these, or it is no mp4 or mov. */
const firstBoxes = new Set([
  'ftyp',
  'moov',
  'mdat',
  'free',
  'skip',
  'wide',
  'pnot',
  'styp',
  'sidx',
  'uuid',
  'moof',
  'emsg',
  'prft',
]);

export const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The boxes at the top, one after the other, as far as they can be read; none of another type of file. */
export async function* topBoxes(readAt: ReadAt, fileSize: number): AsyncGenerator<Box & { offset: number }> {
  let offset = 0;
  for (let boxes = 0; boxes < maxTopBoxes && offset + 8 <= fileSize; boxes++) {
    const head = view(await readAt(offset, headBytes));
    if (head.byteLength < 8) return;
    const box = boxHead(head, 0, fileSize - offset);
    if (!box || (boxes === 0 && !firstBoxes.has(box.type))) return;
    yield { ...box, offset };
    offset += box.size;
  }
}

/** `room` is how much a box that goes on to the end may have. */
export function boxHead(data: DataView, at: number, room: number): Box | undefined {
  if (at + 8 > data.byteLength) return undefined;
  const short = data.getUint32(at);
  const type = String.fromCharCode(...[4, 5, 6, 7].map((byte) => data.getUint8(at + byte)));
  if (short === 0) return { type, size: room, content: 8 };
  if (short !== 1) return short >= 8 ? { type, size: short, content: 8 } : undefined;
  if (at + 16 > data.byteLength) return undefined;
  const long = Number(data.getBigUint64(at + 8));
  return long >= 16 ? { type, size: long, content: 16 } : undefined;
}
