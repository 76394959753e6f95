import { describe, expect, it, vi } from 'vitest';
import { createSubscriber } from '../../../cli/dev/broker/subscriber.ts';

const never = new AbortController().signal;

describe('the processes of a subscriber', () => {
  it('are given work where the least is in hand', async () => {
    const subscriber = createSubscriber(2);
    subscriber.add('a');
    subscriber.add('b');
    const urls = [];
    for (let i = 0; i < 4; i++) urls.push((await subscriber.take(never)).url);
    expect(urls).toEqual(['a', 'b', 'a', 'b']);
  });

  it('never have more in hand than they may, and those who wait come in turn', async () => {
    const subscriber = createSubscriber(1);
    subscriber.add('a');
    const first = await subscriber.take(never);
    const order: number[] = [];
    const take = async (n: number) => {
      const place = await subscriber.take(never);
      order.push(n);
      return place;
    };
    const second = take(2);
    const third = take(3);
    await Promise.resolve();
    expect(order).toEqual([]);
    first.release();
    first.release();
    (await second).release();
    await third;
    expect(order).toEqual([2, 3]);
  });

  it('are waited for where there is none, and get nothing once they are away', async () => {
    const subscriber = createSubscriber(1);
    const waiting = subscriber.take(never);
    const remove = subscriber.add('a');
    expect((await waiting).url).toBe('a');
    remove();
    const next = subscriber.take(never);
    subscriber.add('b');
    expect((await next).url).toBe('b');
  });

  it('are not waited for any longer when the signal says so', async () => {
    const end = new AbortController();
    const subscriber = createSubscriber(1);
    const waiting = subscriber.take(end.signal);
    end.abort(new Error('over'));
    await expect(waiting).rejects.toThrow('over');
    subscriber.add('a');
    expect((await subscriber.take(never)).url).toBe('a');
  });

  it('get nothing new in a pause', async () => {
    const subscriber = createSubscriber(1);
    subscriber.pause();
    subscriber.add('a');
    const end = new AbortController();
    const waiting = subscriber.take(end.signal);
    end.abort(new Error('still waiting'));
    await expect(waiting).rejects.toThrow('still waiting');
  });

  it('get nothing for a while after they hung up, for they may be dead', async () => {
    vi.useFakeTimers();
    try {
      const subscriber = createSubscriber(2);
      subscriber.add('a');
      (await subscriber.take(never)).release({ hungUp: true });
      let taken: string | undefined;
      const waiting = subscriber.take(never).then(({ url }) => {
        taken = url;
      });
      await vi.advanceTimersByTimeAsync(400);
      expect(taken).toBeUndefined();
      subscriber.add('b');
      await waiting;
      expect(taken).toBe('b');
      await vi.advanceTimersByTimeAsync(200);
      expect((await subscriber.take(never)).url).toBe('a');
    } finally {
      vi.useRealTimers();
    }
  });
});
