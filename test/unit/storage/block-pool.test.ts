import { describe, expect, it } from 'vitest';
import { createBlockPool } from '../../../lib/storage/block-pool.ts';

const size = 1024;

describe('the pool of blocks', () => {
  it('gives no block twice before it has come back', () => {
    const pool = createBlockPool(size, 4);
    const lent = Array.from({ length: 10 }, () => pool.take());
    expect(new Set(lent.map(({ buffer }) => buffer)).size).toBe(10);
    expect(lent.every(({ length }) => length === size)).toBe(true);
  });

  it('uses one again that came back, whole, by a part of it', () => {
    const pool = createBlockPool(size, 4);
    const block = pool.take();
    pool.give(block.subarray(0, 10));
    const again = pool.take();
    expect(again.buffer).toBe(block.buffer);
    expect(again).toHaveLength(size);
    expect(pool.take().buffer).not.toBe(block.buffer);
  });

  it('lends a block that came back twice to one taker only', () => {
    const pool = createBlockPool(size, 4);
    const block = pool.take();
    pool.give(block);
    pool.give(block.subarray(1));
    expect(pool.take().buffer).not.toBe(pool.take().buffer);
  });

  it('keeps no more than it may, and nothing of another size', () => {
    const pool = createBlockPool(size, 2);
    const lent = Array.from({ length: 5 }, () => pool.take());
    for (const block of lent) pool.give(block);
    pool.give(Buffer.allocUnsafeSlow(size + 1));
    const known = new Set(lent.map(({ buffer }) => buffer));
    const taken = Array.from({ length: 5 }, () => pool.take());
    expect(taken.filter(({ buffer }) => known.has(buffer))).toHaveLength(2);
    expect(taken.every(({ length }) => length === size)).toBe(true);
  });
});
