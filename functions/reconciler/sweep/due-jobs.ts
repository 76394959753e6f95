/** Jobs that wait for their time, for capacity was short when they were asked for last; and Jobs of which nothing is heard any more. */
import type { Logger } from 'pino';
import { Fault } from '../../../lib/errors.ts';
import { cancelAnnotation } from '../../../lib/jobs/cancel.ts';
import { aboutJob } from '../../../lib/jobs/index.ts';
import { objectOf } from '../../../lib/jobs/object.ts';
import { type KubeClient, resources } from '../../../lib/kubernetes/index.ts';
import type { ResolvedTransform } from '../../../lib/transform/types.ts';
import { retryAnnotation } from '../annotations.ts';
import { hasEnded, type JobRecord, transformId, transformIdOfJob } from '../jobs.ts';
import { type AskOptions, ask, refuse } from './ask.ts';
import type { Budget } from './budget.ts';

export interface DueJobSweep {
  client: KubeClient;
  asking: AskOptions;
  budget: Budget;
  log: Logger;
  now: Date;
  /** See dueTime. */
  silence: number;
}

/** How long a Job that was asked for is left alone, in milliseconds: no longer than the recorder ever waits between two. */
const answerTime = 3_600_000;
/** The longest that it is left where nothing has been heard of it yet. */
const longestAnswerTime = 86_400_000;

/** @param transforms those that may be asked: neither at fault nor suspended */
export async function sweepDueJobs(
  sweep: DueJobSweep,
  jobs: readonly JobRecord[],
  transforms: readonly ResolvedTransform[],
): Promise<void> {
  const byId = new Map(transforms.map((transform) => [transformId(transform.ref), transform]));
  const due = jobs
    .map((job) => ({ job, time: dueTime(job, sweep.silence) }))
    .filter(({ time }) => time <= sweep.now.getTime())
    .toSorted((a, b) => a.time - b.time);
  for (const { job } of due) {
    const transform = byId.get(transformIdOfJob(job));
    // it may be mended or taken up again: the Job waits for that
    if (!transform) continue;
    if (!sweep.budget.look()) return;
    await askAgain(sweep, job, transform);
  }
}

/**
 * When a Job is to be asked for, in milliseconds since the epoch.
 *
 * @param silence how long nothing may be heard of a Job in hand, in milliseconds: longer than a request can be on its
 *   way. After that the Broker has lost it.
 */
function dueTime(job: JobRecord, silence: number): number {
  if (job.metadata.annotations?.[retryAnnotation] !== undefined) return 0;
  if (hasEnded(job)) return Number.POSITIVE_INFINITY;
  const { nextRequestTime, completionTime, startTime } = job.status ?? {};
  if (nextRequestTime !== undefined) return Date.parse(nextRequestTime);
  return Date.parse(completionTime ?? startTime ?? job.metadata.creationTimestamp ?? '') + silence;
}

async function askAgain(sweep: DueJobSweep, job: JobRecord, transform: ResolvedTransform): Promise<void> {
  const { client, asking, log } = sweep;
  const { namespace, name } = job.metadata;
  // what will never come to an end under this name
  const drop = async () => {
    if (!hasEnded(job)) await client.remove(resources.jobs, namespace, name);
  };
  if (!(await mark(sweep, job))) return;
  const object = objectOf(job, transform);
  if (!object) {
    log.warn(aboutJob(job), 'its Transform does not take this object: not asked for');
    return drop();
  }
  try {
    const asked = await ask(asking, transform, object);
    log.info({ ...aboutJob(job), asked: asked.job, traceId: asked.traceId }, 'asked again');
    // the Transform has other work now, which has a Job of its own
    if (asked.job !== name) await drop();
  } catch (error) {
    const fault = Fault.from(error);
    if (fault.class !== 'permanent') throw error;
    log.warn({ ...aboutJob(job), err: fault }, 'job cannot be asked for');
    if ((await refuse(asking, transform, object, fault)) !== name) await drop();
  }
}

/** First the mark, then the event: should the event get lost, the Job is due once more. False where someone changed it meanwhile. */
async function mark({ client, now }: DueJobSweep, { metadata, status }: JobRecord): Promise<boolean> {
  const { namespace, name, resourceVersion, annotations } = metadata;
  if (annotations?.[retryAnnotation] !== undefined) {
    return client.patch(resources.jobs, namespace, name, {
      metadata: { resourceVersion, annotations: { [retryAnnotation]: null, [cancelAnnotation]: null } },
    });
  }
  const nextRequestTime = new Date(now.getTime() + restOf(metadata, status, now)).toISOString();
  return client.patch(
    resources.jobs,
    namespace,
    name,
    { metadata: { resourceVersion }, status: { nextRequestTime } },
    { status: true },
  );
}

/** What may still wait in a long queue is left the longer the older it is: asking must not make the queue longer for ever. */
function restOf({ creationTimestamp = '' }: JobRecord['metadata'], status: JobRecord['status'], now: Date): number {
  if (status?.run !== undefined || status?.deadLetter !== undefined) return answerTime;
  const waited = now.getTime() - Date.parse(creationTimestamp);
  return Math.max(answerTime, Math.min(waited || 0, longestAnswerTime));
}
