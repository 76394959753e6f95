/** How a file is cut into parts: fixed from the first byte on, because the file is sent before its size is known. */

/** A file up to this size goes in one PUT; and it is the part that muxers come back to, sent last or again. */
export const firstPartSize = 8 * 1024 * 1024;
/** Of the next parts: a server has some work with each, which makes 200 MB a tenth slower in parts of 8 MiB. */
const nextPartSize = 16 * 1024 * 1024;
/** Parts of one size; the next have twice that. */
const partsPerSize = 1000;
export const maxParts = 10_000;
export const maxObjectSize = 5 * 1024 ** 4; // S3's, 5 TiB

export interface Part {
  /** From 1. */
  number: number;
  start: number;
  length: number;
}

/** Size of part `number` unless it is the last: 8 MiB, then 16 MiB up to the thousandth, then doubling, at most 4 GiB (S3 allows 5). */
export function partSize(number: number): number {
  return number === 1 ? firstPartSize : grownSize(number);
}

const grownSize = (number: number) => nextPartSize * 2 ** Math.floor((number - 1) / partsPerSize);

/** The parts of a file of `size` bytes; those before the last are whole. */
export function partsOf(size: number): Part[] {
  const parts: Part[] = [];
  for (let number = 1, start = 0; start < size; number++) {
    const length = Math.min(partSize(number), size - start);
    parts.push({ number, start, length });
    start += length;
  }
  return parts;
}

/** Where part `number` begins. */
export function partStart(number: number): number {
  if (number === 1) return 0;
  let start = firstPartSize - nextPartSize; // the first is counted below as one of the next
  for (let before = 1; before < number; before += partsPerSize) {
    start += grownSize(before) * Math.min(partsPerSize, number - before);
  }
  return start;
}
