import { describe, expect, it } from 'vitest';
import { Fault } from '../../../lib/errors.ts';
import { eachLimited, takeTurns } from '../../../lib/storage/limited.ts';
import { retry } from '../../../lib/storage/retry.ts';

const settings = { attempts: 3, backoffBase: 1, backoffMax: 2, retryWindow: 1_000 };
const failing = (times: number) => {
  let count = 0;
  return {
    count: () => count,
    work: async () => {
      if (++count <= times) throw new Error(`failure ${count}`);
      return 'done';
    },
  };
};

describe('retry', () => {
  const cases: Array<[name: string, failures: number, change: object, again: boolean, result: string, tries: number]> = [
    ['at once', 0, {}, true, 'done', 1],
    ['after failures', 2, {}, true, 'done', 3],
    ['too many failures', 3, {}, true, 'failure 3', 3],
    ['not worth another try', 3, {}, false, 'failure 1', 1],
    ['no time left', 3, { retryWindow: 0 }, true, 'failure 1', 1],
  ];
  it.each(cases)('%s', async (_name, failures, change, again, result, tries) => {
    const { work, count } = failing(failures);
    const outcome = await retry({ ...settings, ...change }, () => again, work).catch((error: Error) => error.message);
    expect(outcome).toBe(result);
    expect(count()).toBe(tries);
  });

  it('ends while it waits, with the reason of the signal', async () => {
    const stop = new AbortController();
    const { work, count } = failing(9);
    const slow = { ...settings, backoffBase: 60_000, backoffMax: 60_000, retryWindow: 1e9 };
    const waiting = retry(slow, () => true, work, stop.signal);
    stop.abort(new Fault('SHUTTING_DOWN'));
    await expect(waiting).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    expect(count()).toBe(1);
    await expect(retry(slow, () => true, work, stop.signal)).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    expect(count()).toBe(1);
  });
});

describe('eachLimited', () => {
  it('has no more in hand than allowed, and all in the end', async () => {
    let inHand = 0;
    let most = 0;
    const done: number[] = [];
    await eachLimited([1, 2, 3, 4, 5], 2, async (item) => {
      most = Math.max(most, ++inHand);
      await new Promise(setImmediate);
      inHand--;
      done.push(item);
    });
    expect([most, done.length]).toEqual([2, 5]);
  });

  it('lets what is in hand end before it fails, and begins no more', async () => {
    const ended: number[] = [];
    const work = eachLimited([1, 2, 3, 4], 2, async (item) => {
      if (item === 1) throw new Error('first');
      await new Promise(setImmediate);
      ended.push(item);
    });
    await expect(work).rejects.toThrow('first');
    expect(ended).toEqual([2]);
  });
});

describe('takeTurns', () => {
  it('has no more in hand than allowed, in the order in which they came, whatever becomes of them', async () => {
    const inTurn = takeTurns(2);
    let inHand = 0;
    let most = 0;
    const begun: number[] = [];
    const work = (item: number) => async () => {
      begun.push(item);
      most = Math.max(most, ++inHand);
      await new Promise(setImmediate);
      inHand--;
      if (item === 2) throw new Error('second');
      return item;
    };
    const ends = await Promise.allSettled([1, 2, 3, 4, 5].map((item) => inTurn(work(item))));
    expect(begun).toEqual([1, 2, 3, 4, 5]);
    expect(most).toBe(2);
    expect(ends.map((end) => (end.status === 'fulfilled' ? end.value : end.reason.message))).toEqual([1, 'second', 3, 4, 5]);
    expect(await inTurn(async () => 'later')).toBe('later');
  });
});
