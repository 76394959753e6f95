/**
 * Kubernetes Jobs that a JobSink made, for Transforms with `execution: job`: those at work are left alone by the sweep, and
 * those that failed without a word (killed, out of time, never started) are told of in the name of the run.
 */
import type { CloudEvent } from 'cloudevents';
import type { Logger } from 'pino';
import { ulid } from 'ulid';
import { Fault } from '../../lib/errors.ts';
import { jobOf, type Publish, readCloudEvent, readRequested, resultEvent, traceOf } from '../../lib/events/index.ts';
import type { Requested } from '../../lib/events/types.ts';
import { isOlder, type JobRecord } from '../../lib/jobs/index.ts';
import { type KubeClient, type KubeObject, kubernetesFault, resources, statusOf } from '../../lib/kubernetes/index.ts';
import { hasEnded } from './jobs.ts';

/** Knative's, on what a JobSink makes. */
const madeByJobSink = 'sinks.knative.dev/job-sink-name';

interface BatchJob extends KubeObject {
  status?: { conditions?: Array<{ type: string; status: string; reason?: string; message?: string }> };
}

/** A request that a Kubernetes Job is there for. */
export interface BatchWork {
  name: string;
  event: CloudEvent<unknown>;
  request: Requested;
  /** Why the Kubernetes Job failed; undefined while it is at work. */
  failure?: string;
}

export interface BatchDeps {
  client: KubeClient;
  systemNamespace: string;
  eventKey: string;
  log: Logger;
}

/**
 * Those that succeeded are left out: they have told of their end themselves.
 *
 * @throws Fault KUBERNETES_FAILED
 */
export async function batchWork({ client, systemNamespace, eventKey, log }: BatchDeps): Promise<BatchWork[]> {
  const query = { namespace: systemNamespace, labelSelector: madeByJobSink };
  const work: BatchWork[] = [];
  for (const { metadata, status } of await client.list<BatchJob>(resources.batchJobs, query)) {
    const { name } = metadata;
    const ended = (type: string) => status?.conditions?.find((one) => one.type === type && one.status === 'True');
    if (ended('Complete')) continue;
    const body = await readEvent(client, systemNamespace, name);
    if (body === undefined) continue;
    try {
      const event = readCloudEvent(new Headers({ 'content-type': 'application/cloudevents+json' }), body);
      const failed = ended('Failed');
      const failure = failed && [failed.reason, failed.message].filter(Boolean).join(': ');
      work.push({ name, event, request: readRequested(event, eventKey), failure });
    } catch (error) {
      // nobody signed it, so it ran nothing, and is about nothing that we know
      log.debug({ err: error, job: name }, 'batch Job of no request');
    }
  }
  return work;
}

/** The event of a Kubernetes Job is in a Secret of its name, which goes with it. */
async function readEvent({ core }: KubeClient, namespace: string, name: string): Promise<Buffer | undefined> {
  const secret = await core.readNamespacedSecret({ namespace, name }).catch((error: unknown) => {
    if (statusOf(error) === 404) return undefined;
    throw kubernetesFault(`read Secret ${namespace}/${name}`, error);
  });
  const event = secret?.data?.event;
  return event === undefined ? undefined : Buffer.from(event, 'base64');
}

/**
 * Posts `failed` for each that failed while its record says nothing of an end.
 *
 * @throws Fault PUBLISH_FAILED
 */
export async function tellFailed(
  { publish, log }: { publish: Publish; log: Logger },
  work: readonly BatchWork[],
  jobs: readonly JobRecord[],
): Promise<void> {
  for (const { name, event, request, failure } of work) {
    if (failure === undefined) continue;
    const { job, transform } = request;
    const record = jobs.find(({ metadata }) => metadata.name === job && metadata.namespace === transform.namespace);
    // an end of this request, or anything of a newer one
    if (record?.status && (isOlder(event.id, record.status.request) || (hasEnded(record) && record.status.request === event.id)))
      continue;
    const { code, class: faultClass, message, remedy } = new Fault('BATCH_JOB_FAILED', { name, cause: failure });
    const run = ulid();
    await publish(
      resultEvent(
        'failed',
        { job, run, error: { code, class: faultClass, message, remedy } },
        { job, run, seq: 0, cause: event },
      ),
    );
    log.warn(
      { ...jobOf(event), run, traceId: traceOf(event)?.traceId, batchJob: name, failure },
      'a batch Job failed without a word',
    );
  }
}
