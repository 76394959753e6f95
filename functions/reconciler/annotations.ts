/** What people ask for with `kubectl annotate`; the commands of the same names set these. Any value will do, but for one. */

/** On a Transform: ask for every matching object that has no output. Removed when all were looked at. */
export const backfillAnnotation = 'pipelines.gst.io/backfill';

/** Whether a value of it asks for nothing, but only wants to know for what it would ask: `dry-run`, and what may follow. */
export const isDryRun = (value: string | undefined): boolean => value?.startsWith('dry-run') ?? false;

/** On a Transform: what a dry run has found. */
export const foundAnnotation = 'pipelines.gst.io/backfill-found';

/** The value of `foundAnnotation`, as JSON. */
export interface BackfillFound {
  /** How many objects a backfill would ask for. */
  objects: number;
  /** Whether there are others behind them: one round looks at SWEEP_MAX_REQUESTS objects and no more. */
  more: boolean;
  /** The first of them. */
  keys: string[];
}

/** On a Job: ask for it again, whatever became of it. Removed when that was done. */
export const retryAnnotation = 'pipelines.gst.io/retry';
