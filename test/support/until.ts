/** Waits for a condition; fails when it does not come about in time. */
import { setTimeout as sleep } from 'node:timers/promises';

export async function until(condition: () => boolean | Promise<boolean>, timeout = 15_000): Promise<void> {
  const deadline = performance.now() + timeout;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not so after ${timeout} ms: ${condition}`);
    await sleep(5);
  }
}
