/** The processes behind one name, each with room for a few deliveries at a time. */

export interface Place {
  /** `http://127.0.0.1:<port>`, without a path. */
  url: string;
  release(): void;
}

export interface Subscriber {
  /** Resolves when a process has room; the one with the least in hand is taken. Rejects when the signal says so. */
  take(signal: AbortSignal): Promise<Place>;
  /** A process is there. Returns what takes it away again; deliveries in hand go on. */
  add(url: string): () => void;
  /** Hands out no more places. */
  pause(): void;
}

/** `parallel`: deliveries that one process gets at a time. */
export function createSubscriber(parallel: number): Subscriber {
  const processes = new Set<{ url: string; inHand: number }>();
  const waiting = new Set<(place: Place) => void>();
  let paused = false;

  const free = (): Place | undefined => {
    if (paused) return undefined;
    const idlest = [...processes].filter(({ inHand }) => inHand < parallel).sort((a, b) => a.inHand - b.inHand)[0];
    if (!idlest) return undefined;
    idlest.inHand++;
    let released = false;
    return {
      url: idlest.url,
      release() {
        if (released) return;
        released = true;
        idlest.inHand--;
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
    add(url) {
      const added = { url, inHand: 0 };
      processes.add(added);
      serveWaiting();
      return () => void processes.delete(added);
    },
    pause() {
      paused = true;
    },
  };
}
