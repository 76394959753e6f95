/** Waits until something has come about on the cluster, and tells what was seen last where it does not. */
import { setTimeout as sleep } from 'node:timers/promises';

const pause = 500; // ms between two looks

/** `look` gives what is waited for, or undefined (or throws) while it is not there. */
export async function eventually<T>(what: string, seconds: number, look: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    let last: unknown;
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      last = 'not yet';
    } catch (error) {
      last = error instanceof Error ? error.message : error;
    }
    if (performance.now() > deadline)
      throw new Error(`after ${seconds} s there is still not: ${what} (${String(last).slice(0, 2000)})`);
    await sleep(pause);
  }
}
