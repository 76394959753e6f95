/** Sends the whole parts of a file while it grows. */
import { setTimeout as sleep } from 'node:timers/promises';
import { sizeOf } from './file-range.ts';
import { firstPartSize, type Part, partSize, partStart } from './part-plan.ts';
import type { StorageSettings } from './settings.ts';

/**
 * The first part stays for the end, because it is the one that muxers come back to (the size of mdat, a duration):
 * sent early it would be sent twice.
 */
const firstTailPart = 2;

export interface Sender {
  /** The file is too large for one PUT by now: there will be parts. Called once. */
  open(): void;
  send(part: Part): Promise<void>;
}

/**
 * Runs until `stop` aborts, and begins no part after that; what is being sent then is still sent. A failure of `send` ends
 * nothing: after a pause the same part is tried again, and if the storage stays away it is who ends the upload that says so.
 */
export async function sendWhileGrowing(
  path: string,
  { open, send }: Sender,
  settings: Pick<StorageSettings, 'pollInterval' | 'longestPoll' | 'safetyMargin' | 'partsInFlight' | 'tailPause'>,
  stop: AbortSignal,
): Promise<void> {
  let opened = false;
  let next = firstTailPart;
  const again: Part[] = [];
  const inFlight = new Set<Promise<void>>();
  const wait = (time: number) => sleep(time, undefined, { signal: stop }).catch(() => {});

  const claim = async (): Promise<Part | undefined> => {
    const settled = (await sizeOf(path)) - settings.safetyMargin;
    if (stop.aborted) return undefined;
    if (settled > firstPartSize && !opened) {
      opened = true;
      open();
    }
    // the file may have shrunk since a part of it failed
    const failed = again.findIndex(({ start, length }) => start + length <= settled);
    if (failed >= 0) return again.splice(failed, 1)[0];
    const part = { number: next, start: partStart(next), length: partSize(next) };
    if (part.start + part.length > settled) return undefined;
    next++;
    return part;
  };
  const begin = (part: Part) => {
    const flight = send(part)
      .catch(() => {
        again.push(part);
        return wait(settings.tailPause);
      })
      .finally(() => inFlight.delete(flight));
    inFlight.add(flight);
  };

  let pause = settings.pollInterval;
  while (!stop.aborted) {
    if (inFlight.size >= settings.partsInFlight) {
      await Promise.race(inFlight);
      continue;
    }
    const part = await claim().catch(() => undefined);
    if (part) {
      begin(part);
      pause = settings.pollInterval;
    } else {
      await wait(pause);
      pause = Math.min(pause * 2, settings.longestPoll);
    }
  }
  await Promise.all(inFlight);
}
