/** Waits for a condition; fails when it does not come about in time, which is as long as the slowest machine may need. */
import { setTimeout as sleep } from 'node:timers/promises';

const longest = 50_000; // ms

export async function until(condition: () => boolean | Promise<boolean>, timeout = longest): Promise<void> {
  const deadline = performance.now() + timeout;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not so after ${timeout} ms: ${condition}`);
    await sleep(5);
  }
}
