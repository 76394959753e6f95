/** The processes behind one name, each with room for a few deliveries at a time. */

import { type Post, postEvent } from './http-post.ts';

export interface Place {
  /** `http://127.0.0.1:<port>`, without a path. */
  url: string;
  post: Post;
  /** `hungUp`: the process may be dead. */
  release(how?: { hungUp: boolean }): void;
}

export interface Subscriber {
  /** Resolves when a process has room; the one with the least in hand is taken. Rejects when the signal says so. */
  take(signal: AbortSignal): Promise<Place>;
  /** A process is there, which is reached by `post`. Returns what takes it away again; deliveries in hand go on. */
  add(url: string, post?: Post): () => void;
  /** Hands out no more places. */
  pause(): void;
}

/**
 * A process that died would be the idlest of all until that is known here, and many events would use up their tries at it:
 * so long nothing more is sent to one that hung up; ms.
 */
const doubt = 500;

/** `parallel`: deliveries that one process gets at a time. */
export function createSubscriber(parallel: number): Subscriber {
  const processes = new Set<{ url: string; post: Post; inHand: number; doubtful?: NodeJS.Timeout }>();
  const waiting = new Set<(place: Place) => void>();
  let paused = false;

  const free = (): Place | undefined => {
    if (paused) return undefined;
    const idlest = [...processes]
      .filter(({ inHand, doubtful }) => inHand < parallel && !doubtful)
      .sort((a, b) => a.inHand - b.inHand)[0];
    if (!idlest) return undefined;
    idlest.inHand++;
    let released = false;
    return {
      url: idlest.url,
      post: idlest.post,
      release({ hungUp } = { hungUp: false }) {
        if (released) return;
        released = true;
        idlest.inHand--;
        if (hungUp) {
          clearTimeout(idlest.doubtful);
          idlest.doubtful = setTimeout(() => {
            idlest.doubtful = undefined;
            serveWaiting();
          }, doubt);
          idlest.doubtful.unref();
        }
        serveWaiting();
      },
    };
  };
  const serveWaiting = () => {
    for (const hand of waiting) {
      const place = free();
      if (!place) return;
      waiting.delete(hand);
      hand(place);
    }
  };

  return {
    take(signal) {
      signal.throwIfAborted();
      const place = waiting.size === 0 ? free() : undefined;
      if (place) return Promise.resolve(place);
      return new Promise((resolve, reject) => {
        const onAbort = () => {
          waiting.delete(hand);
          reject(signal.reason);
        };
        const hand = (given: Place) => {
          signal.removeEventListener('abort', onAbort);
          resolve(given);
        };
        signal.addEventListener('abort', onAbort, { once: true });
        waiting.add(hand);
      });
    },
    add(url, post = postEvent) {
      const added = { url, post, inHand: 0 };
      processes.add(added);
      serveWaiting();
      return () => void processes.delete(added);
    },
    pause() {
      paused = true;
    },
  };
}
