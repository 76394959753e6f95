/** Sends the whole parts of a file while it grows. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sizeOf } from './file-range.ts';
import { type Part, partSize, partStart } from './part-plan.ts';
import type { StorageSettings } from './settings.ts';

/**
 * The first part stays for the end, because it is the one that muxers come back to (the size of mdat, a duration):
 * sent early it would be sent twice.
 */
const firstTailPart = 2;

/**
 * Runs until `stop` aborts; what is being sent then is still sent. A failure of `send` ends nothing: after a pause the
 * same part is tried again, and if the storage stays away it is `finish` that says so.
 */
export async function sendWhileGrowing(
  path: string,
  send: (part: Part) => Promise<void>,
  settings: Pick<StorageSettings, 'pollInterval' | 'safetyMargin' | 'partsInFlight' | 'tailPause'>,
  stop: AbortSignal,
): Promise<void> {
  let next = firstTailPart;
  const again: Part[] = [];
  const claim = async (): Promise<Part | undefined> => {
    const settled = (await sizeOf(path)) - settings.safetyMargin;
    if (stop.aborted) return undefined;
    // the file may have shrunk since a part of it failed
    const failed = again.findIndex(({ start, length }) => start + length <= settled);
    if (failed >= 0) return again.splice(failed, 1)[0];
    const part = { number: next, start: partStart(next), length: partSize(next) };
    if (part.start + part.length > settled) return undefined;
    next++;
    return part;
  };
  const wait = (time: number) => sleep(time, undefined, { signal: stop }).catch(() => {});
  const worker = async () => {
    while (!stop.aborted) {
      const part = await claim().catch(() => undefined);
      if (!part) {
        await wait(settings.pollInterval);
        continue;
      }
      try {
        await send(part);
      } catch {
        again.push(part);
        await wait(settings.tailPause);
      }
    }
  };
  await Promise.all(Array.from({ length: settings.partsInFlight }, worker));
}
