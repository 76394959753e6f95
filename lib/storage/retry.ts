/** Tries a call again while its failure is a passing one. */
import { setTimeout as sleep } from 'node:timers/promises';
import { clock } from '../clock.ts';
import { Fault } from '../errors.ts';
import type { StorageSettings } from './settings.ts';

export type RetrySettings = Pick<StorageSettings, 'attempts' | 'backoffBase' | 'backoffMax' | 'retryWindow'>;

/** `again` says whether a failure is worth another try; waits end at once when the signal aborts. */
export async function retry<T>(
  settings: RetrySettings,
  again: (error: unknown) => boolean,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const begun = clock();
  for (let attempt = 1; ; attempt++) {
    throwIfAborted(signal);
    try {
      return await work();
    } catch (error) {
      throwIfAborted(signal);
      const pause = backoff(settings, attempt);
      const late = clock() - begun + pause > settings.retryWindow;
      if (attempt >= settings.attempts || late || !again(error)) throw error;
      // the abort is told by throwIfAborted, with its reason
      await sleep(pause, undefined, { signal }).catch(() => {});
    }
  }
}

/** Doubling, between a half and the whole of it, so that many do not come back at one moment. */
function backoff({ backoffBase, backoffMax }: RetrySettings, attempt: number): number {
  return Math.min(backoffBase * 2 ** (attempt - 1), backoffMax) * (0.5 + Math.random() / 2);
}

/** @throws the Fault that the signal was aborted with, else CANCELLED */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  const { reason } = signal;
  throw reason instanceof Fault
    ? reason
    : new Fault('CANCELLED', { cause: reason instanceof Error ? reason.message : String(reason) });
}
