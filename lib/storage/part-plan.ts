/** How a file is cut into parts: fixed from the first byte on, because the file is sent before its size is known. */

/** A file up to this size goes in one PUT. */
export const firstPartSize = 8 * 1024 * 1024;
/** Parts of one size; the next have twice that. */
const partsPerSize = 1000;
export const maxParts = 10_000;
export const maxObjectSize = 5 * 1024 ** 4; // S3's, 5 TiB; reached with part 9281

export interface Part {
  /** From 1. */
  number: number;
  start: number;
  length: number;
}

/** Size of part `number` unless it is the last: 8 MiB for the first thousand, then doubling, at most 4 GiB (S3 allows 5). */
export function partSize(number: number): number {
  return firstPartSize * 2 ** Math.floor((number - 1) / partsPerSize);
}

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
  let start = 0;
  for (let before = 1; before < number; before += partsPerSize) {
    start += partSize(before) * Math.min(partsPerSize, number - before);
  }
  return start;
}
