/** What people ask for with `kubectl annotate`; the commands of the same names set these. Any value will do. */

/** On a Transform: ask for every matching object that has no output. Removed when all were looked at. */
export const backfillAnnotation = 'pipelines.gst.io/backfill';

/** On a Job: ask for it again, whatever became of it. Removed when that was done. */
export const retryAnnotation = 'pipelines.gst.io/retry';
