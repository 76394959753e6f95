/** Where one process stands, and what it has in hand. */
import type { Lifecycle } from './types.ts';

export function createLifecycle(): Lifecycle {
  const end = new AbortController();
  const waiting: Array<() => void> = [];
  let draining = false;
  let inHand = 0;
  return {
    draining: () => draining,
    signal: end.signal,
    begin() {
      inHand++;
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        inHand--;
        if (inHand === 0) for (const resolve of waiting.splice(0)) resolve();
      };
    },
    drain() {
      draining = true;
    },
    async idle() {
      if (inHand > 0) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    abort: (reason) => end.abort(reason),
  };
}
