/** `backfill`, `retry` and `cancel`: in a cluster by an annotation, on one machine at once. */
import { annotate } from './annotate.ts';
import { type AskHereOptions, backfillHere, cancelHere, isHere, retryHere } from './ask-here.ts';
import { backfillDryRun } from './backfill-dry-run.ts';

export async function backfill(name: string, options: AskHereOptions): Promise<void> {
  if (isHere(options)) return backfillHere(name, options);
  if (options.dryRun) return backfillDryRun(name, options);
  await annotate('backfill', name, options);
}

export async function retry(name: string, options: AskHereOptions): Promise<void> {
  if (isHere(options)) return retryHere(name, options);
  await annotate('retry', name, options);
}

export async function cancel(name: string, options: AskHereOptions): Promise<void> {
  if (isHere(options)) return cancelHere(name, options);
  await annotate('cancel', name, options);
}
