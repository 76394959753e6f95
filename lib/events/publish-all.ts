/** Posts many events, a few at a time. */
import type { CloudEvent } from 'cloudevents';
import type { Publish } from './publish.ts';

/** Posts under way at once. */
const atOnce = 16;

/**
 * Posts every event, also when one of them fails: what got through need not be sent again.
 *
 * @throws Fault PUBLISH_FAILED, the first of them, when all have been tried
 */
export async function publishAll(publish: Publish, events: Iterable<CloudEvent<unknown>>, signal?: AbortSignal): Promise<void> {
  const left = events[Symbol.iterator]();
  const failures: unknown[] = [];
  const worker = async () => {
    for (let next = left.next(); !next.done; next = left.next()) {
      await publish(next.value, { signal }).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (failures.length > 0) throw failures[0];
}
