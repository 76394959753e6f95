/** Which Job records have been kept long enough. */
import { hasEnded, type JobRecord } from './jobs.ts';

export interface Retention {
  /** Milliseconds after their end. */
  finished: number;
  failed: number;
  /** Ended ones, for each Transform. */
  most: number;
}

/**
 * How long a record is kept whose work has not come to an end, after it was last heard of or is to be asked for, in
 * milliseconds. The sweep asks for such work again and again, but not where the Transform is gone, at fault or suspended.
 */
const unheard = 7 * 86_400_000;

export function expiredJobs(jobs: readonly JobRecord[], { finished, failed, most }: Retention, now: Date): JobRecord[] {
  const ended = jobs.filter(hasEnded);
  const keep = (job: JobRecord) => (job.status?.state === 'Failed' ? failed : finished);
  const old = ended.filter((job) => now.getTime() - endOf(job) > keep(job));
  const gone = new Set(old);
  const byTransform = Map.groupBy(
    ended.filter((job) => !gone.has(job)),
    ({ metadata, spec }) => JSON.stringify([metadata.namespace, spec.pipelineRef.kind, spec.pipelineRef.name]),
  );
  const tooMany = [...byTransform.values()].flatMap((group) => {
    // finished ones first: their outputs tell that they are done, while only its record tells that a bad file was tried
    const order = group.toSorted((a, b) => rank(a) - rank(b) || endOf(a) - endOf(b));
    return order.slice(0, Math.max(0, group.length - most));
  });
  const lost = jobs.filter((job) => !hasEnded(job) && now.getTime() - heardOf(job) > unheard);
  return [...old, ...tooMany, ...lost];
}

const rank = ({ status }: JobRecord): number => (status?.state === 'Finished' ? 0 : 1);

function endOf({ status, metadata }: JobRecord): number {
  return Date.parse(status?.completionTime ?? metadata.creationTimestamp ?? '') || 0;
}

function heardOf({ status = {}, metadata }: JobRecord): number {
  const { startTime, completionTime, nextRequestTime, deadLetter } = status;
  const times = [metadata.creationTimestamp, startTime, completionTime, nextRequestTime, deadLetter?.time];
  return Math.max(...times.map((time) => Date.parse(time ?? '') || 0));
}
