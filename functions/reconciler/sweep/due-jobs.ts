/** Jobs that wait for their time, for capacity was short when they were asked for last; and Jobs of which nothing is heard any more. */
import type { Logger } from 'pino';
import { Fault } from '../../../lib/errors.ts';
import { cancelAnnotation } from '../../../lib/jobs/cancel.ts';
import { type KubeClient, resources } from '../../../lib/kubernetes/index.ts';
import type { ResolvedTransform } from '../../../lib/transform/types.ts';
import { retryAnnotation } from '../annotations.ts';
import { hasEnded, type JobRecord } from '../jobs.ts';
import { type AskOptions, ask, type KnownObject } from './ask.ts';
import type { Budget } from './budget.ts';

export interface DueJobSweep {
  client: KubeClient;
  asking: AskOptions;
  budget: Budget;
  log: Logger;
  now: Date;
  /** See isDue. */
  silence: number;
}

/** How long a Job that was asked for is left alone, in milliseconds: no longer than the recorder ever waits between two. */
const answerTime = 3_600_000;

/**
 * @param silence how long nothing may be heard of a Job in hand, in milliseconds: longer than a request can be on its
 *   way. After that the Broker has lost it.
 */
export function isDue(job: JobRecord, now: Date, silence: number): boolean {
  if (job.metadata.annotations?.[retryAnnotation] !== undefined) return true;
  if (hasEnded(job)) return false;
  const { nextRequestTime, completionTime, startTime } = job.status ?? {};
  if (nextRequestTime !== undefined) return Date.parse(nextRequestTime) <= now.getTime();
  return Date.parse(completionTime ?? startTime ?? job.metadata.creationTimestamp ?? '') + silence <= now.getTime();
}

export async function sweepDueJobs(
  sweep: DueJobSweep,
  jobs: readonly JobRecord[],
  transforms: readonly ResolvedTransform[],
): Promise<void> {
  const byName = new Map(transforms.map((transform) => [nameOf(transform.ref), transform]));
  for (const job of jobs.filter((one) => isDue(one, sweep.now, sweep.silence)).sort(byDueTime)) {
    const { kind, name } = job.spec.pipelineRef;
    const transform = byName.get(nameOf({ kind, name, namespace: job.metadata.namespace }));
    // it may be mended or taken up again: the Job waits for that
    if (!transform || transform.suspend) continue;
    if (!sweep.budget.look()) return;
    await askAgain(sweep, job, transform);
  }
}

async function askAgain(sweep: DueJobSweep, job: JobRecord, transform: ResolvedTransform): Promise<void> {
  const { client, asking, log } = sweep;
  const { namespace, name } = job.metadata;
  if (!(await mark(sweep, job))) return;
  const { bucket } = transform.source;
  try {
    const asked = await ask(asking, transform, objectOf(job, bucket));
    log.info({ job: name, asked }, 'asked again');
    // the Transform has other work now: its Job has another name, and this one will never come to an end
    if (asked !== name && !hasEnded(job)) await client.remove(resources.jobs, namespace, name);
  } catch (error) {
    if (Fault.from(error).class !== 'permanent') throw error;
    log.warn({ err: error, job: name }, 'job cannot be asked for');
  }
}

/** First the mark, then the event: should the event get lost, the Job is due once more. False where someone changed it meanwhile. */
async function mark({ client, now }: DueJobSweep, { metadata }: JobRecord): Promise<boolean> {
  const { namespace, name, resourceVersion, annotations } = metadata;
  if (annotations?.[retryAnnotation] !== undefined) {
    return client.patch(resources.jobs, namespace, name, {
      metadata: { resourceVersion, annotations: { [retryAnnotation]: null, [cancelAnnotation]: null } },
    });
  }
  const nextRequestTime = new Date(now.getTime() + answerTime).toISOString();
  return client.patch(
    resources.jobs,
    namespace,
    name,
    { metadata: { resourceVersion }, status: { nextRequestTime } },
    { status: true },
  );
}

function objectOf({ spec: { src }, metadata }: JobRecord, bucket: string): KnownObject {
  return {
    eventName: 'ObjectCreated:Put',
    bucket,
    key: src.name,
    etag: src.etag ?? '',
    size: src.size ?? 0,
    versionId: src.versionId,
    contentType: src.contentType,
    eventTime: src.eventTime ?? metadata.creationTimestamp ?? new Date(0).toISOString(),
    region: '',
    userMetadata: {},
  };
}

const nameOf = ({ kind, namespace, name }: { kind: string; namespace: string; name: string }) => `${kind}/${namespace}/${name}`;
const byDueTime = (a: JobRecord, b: JobRecord) =>
  Date.parse(a.status?.nextRequestTime ?? '') - Date.parse(b.status?.nextRequestTime ?? '');
