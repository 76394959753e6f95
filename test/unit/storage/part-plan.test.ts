import { describe, expect, it } from 'vitest';
import { maxObjectSize, maxParts, partSize, partStart, partsOf } from '../../../lib/storage/part-plan.ts';

const MiB = 1024 * 1024;

describe('the parts of a file', () => {
  it.each([
    [1, 1, 1],
    [8 * MiB, 1, 8 * MiB],
    [8 * MiB + 1, 2, 1],
    [24 * MiB, 2, 16 * MiB],
    [210 * MiB, 14, 10 * MiB],
    [15_992 * MiB, 1000, 16 * MiB],
    [15_992 * MiB + 33 * MiB, 1002, MiB],
  ])('of %d bytes are %d, the last of %d bytes', (size, count, last) => {
    const parts = partsOf(size);
    expect(parts).toHaveLength(count);
    expect(parts.at(-1)?.length).toBe(last);
    expect(parts.map(({ number }) => number)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    for (const { number, start } of parts) expect(partStart(number)).toBe(start);
  });

  it('hold the largest object that S3 takes, each within what S3 takes', () => {
    const parts = partsOf(maxObjectSize);
    expect(parts.length).toBeLessThanOrEqual(maxParts);
    expect(parts.reduce((sum, { length }) => sum + length, 0)).toBe(maxObjectSize);
    for (const { number, start, length } of parts) {
      expect(partStart(number)).toBe(start);
      if (number < parts.length) expect(length).toBe(partSize(number));
    }
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThanOrEqual(5 * 1024 * MiB);
    expect(Math.min(...parts.slice(0, -1).map(({ length }) => length))).toBeGreaterThanOrEqual(5 * MiB);
  });
});
