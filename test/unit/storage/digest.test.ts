import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { newDigest } from '../../../lib/storage/file-range.ts';

const digest = (...blocks: Buffer[]): string => {
  const made = newDigest();
  for (const block of blocks) made.update(block);
  return made.digest().toString('hex');
};

describe('the digest of a part', () => {
  const bytes = randomBytes(3_000_001);

  it('is the same for the same bytes, however they come in blocks', () => {
    expect(digest(bytes.subarray(0, 1_000_003), bytes.subarray(1_000_003))).toBe(digest(bytes));
  });

  it.each([0, 999_999, 1_500_000, 3_000_000])('is another where byte %i is', (at) => {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    const blocks = [changed.subarray(0, 1_000_000), changed.subarray(1_000_000)];
    expect(digest(...blocks)).not.toBe(digest(bytes));
  });

  it('is another where zeros come behind, or blocks in another order', () => {
    expect(digest(bytes, Buffer.alloc(16))).not.toBe(digest(bytes));
    expect(digest(bytes.subarray(16), bytes.subarray(0, 16))).not.toBe(digest(bytes));
    expect(digest(Buffer.alloc(16))).not.toBe(digest(Buffer.alloc(32)));
  });
});
