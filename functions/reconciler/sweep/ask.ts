/** Asks for work by the same event that the dispatcher makes, with an id of its own. */
import type { CloudEvent } from 'cloudevents';
import { ulid } from 'ulid';
import type { Fault } from '../../../lib/errors.ts';
import { currentTraceId, jobId, jobOf, type Publish, requestedEvent } from '../../../lib/events/index.ts';
import type { KnownObject } from '../../../lib/jobs/object.ts';
import { refusedEvent } from '../../../lib/jobs/refused.ts';
import { inSpan, objectAttributes } from '../../../lib/telemetry/index.ts';
import { sinkObjects } from '../../../lib/transform/index.ts';
import type { ResolvedTransform } from '../../../lib/transform/types.ts';

export interface AskOptions {
  publish: Publish;
  eventKey: string;
  /** The event that woke the sweep. */
  cause: CloudEvent<unknown>;
  /** Sets the requests of one round apart from those of others. */
  round: string;
}

export interface AskedFor {
  job: string;
  transform?: string | undefined;
  traceId?: string | undefined;
}

/**
 * Each object has a trace of its own, whatever else one sweep asks for. The recorder makes the record of it.
 *
 * @returns the job that was asked for, as logs name it
 * @throws Fault OUTPUT_KEY_INVALID, TRANSFORM_INVALID, PUBLISH_FAILED
 */
export function ask(
  { publish, eventKey, cause, round }: AskOptions,
  transform: ResolvedTransform,
  object: KnownObject,
): Promise<AskedFor> {
  return inSpan('ask again', { root: true, attributes: objectAttributes(object) }, async () => {
    const sinks = sinkObjects(transform.sinks, { ...object, endpoint: transform.source.endpoint });
    const event = requestedEvent({ transform, object, sinks, cause, eventKey, again: round });
    await publish(event);
    const { job = event.id, transform: name } = jobOf(event);
    return { job, transform: name, traceId: currentTraceId(event) };
  });
}

/**
 * Says that the object cannot be asked for, as the answer to the request that `ask` would have made.
 *
 * @returns the job that has failed
 * @throws Fault PUBLISH_FAILED
 */
export function refuse(
  { publish, cause, round }: AskOptions,
  transform: ResolvedTransform,
  object: KnownObject,
  fault: Fault,
): Promise<string> {
  return inSpan('refuse', { root: true, attributes: objectAttributes(object) }, async () => {
    const job = jobId(transform, object);
    const source = { ...object, endpoint: transform.source.endpoint };
    const request = cause.cloneWith({ id: `${job}.${round}`, correlationid: String(cause.correlationid ?? cause.id) }, false);
    await publish(refusedEvent({ transform, source, fault, run: ulid(), cause: request, by: 'reconciler' }));
    return job;
  });
}
