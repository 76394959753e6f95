/** Asks for work by the same event that the dispatcher makes, with an id of its own. */
import type { CloudEvent } from 'cloudevents';
import { jobId, type Publish, requestedEvent } from '../../../lib/events/index.ts';
import type { ObjectEvent } from '../../../lib/events/types.ts';
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
export async function ask(options: AskOptions, transform: ResolvedTransform, object: KnownObject): Promise<string> {
  const { publish, eventKey, cause, round } = options;
  const { endpoint } = transform.source;
  const sinks = sinkObjects(transform.sinks, { ...object, endpoint });
  // each object has a trace of its own, whatever else one sweep asks for
  await inSpan('ask again', { root: true, attributes: objectAttributes(object) }, async () =>
    publish(requestedEvent({ transform, object, sinks, cause, eventKey, again: round })),
  );
  return jobId(transform, object);
}
