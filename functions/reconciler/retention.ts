/** Which Job records have been kept long enough. */
import { hasEnded, type JobRecord } from './jobs.ts';

export interface Retention {
  /** Milliseconds after their end. */
  finished: number;
  failed: number;
  /** Ended ones, for each Transform. */
  most: number;
}

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
  return [...old, ...tooMany];
}

const rank = ({ status }: JobRecord): number => (status?.state === 'Finished' ? 0 : 1);

function endOf({ status, metadata }: JobRecord): number {
  return Date.parse(status?.completionTime ?? metadata.creationTimestamp ?? '') || 0;
}
