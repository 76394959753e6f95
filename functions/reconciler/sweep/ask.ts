/** Asks for work by the same event that the dispatcher makes, with an id of its own. */
import type { CloudEvent } from 'cloudevents';
import { jobId, type Publish, requestedEvent } from '../../../lib/events/index.ts';
import type { ObjectEvent, Requested } from '../../../lib/events/types.ts';
import { applyRequest, type JobStore } from '../../../lib/jobs/index.ts';
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

/** An object whose content is known, in the way in which events tell of it. */
export type KnownObject = ObjectEvent & { etag: string };

/**
 * @returns the job that was asked for
 * @throws Fault OUTPUT_KEY_INVALID, TRANSFORM_INVALID, PUBLISH_FAILED
 */
export function ask(options: AskOptions, transform: ResolvedTransform, object: KnownObject): Promise<string> {
  return withRequest(options, transform, object, options.publish);
}

/**
 * The same for an object that has no Job yet. The record is made first: the next round then leaves the object alone, however
 * long the request waits for a pod.
 *
 * @throws Fault KUBERNETES_FAILED, and as above
 */
export function askFirst(
  options: AskOptions & { jobs: Pick<JobStore, 'update' | 'remove'> },
  transform: ResolvedTransform,
  object: KnownObject,
): Promise<string> {
  const { jobs, publish } = options;
  return withRequest(options, transform, object, async (event) => {
    const request = event.data as Requested;
    const { namespace } = request.transform;
    const { before } = await jobs.update(namespace, request.job, (known) => applyRequest(known, request));
    try {
      await publish(event);
    } catch (error) {
      // nobody was asked: a record would keep the next round from asking
      if (!before) await jobs.remove(namespace, request.job);
      throw error;
    }
  });
}

/** Each object has a trace of its own, whatever else one sweep asks for. */
function withRequest(
  { eventKey, cause, round }: AskOptions,
  transform: ResolvedTransform,
  object: KnownObject,
  send: (event: CloudEvent<Requested>) => Promise<void>,
): Promise<string> {
  return inSpan('ask again', { root: true, attributes: objectAttributes(object) }, async () => {
    const sinks = sinkObjects(transform.sinks, { ...object, endpoint: transform.source.endpoint });
    const event = requestedEvent({ transform, object, sinks, cause, eventKey, again: round });
    await send(event);
    return jobId(transform, object);
  });
}
