/** `requested`: one object, one Transform, all that transcode needs to run it; signed. */
import { Fault } from '../errors.ts';
import type { ResolvedTransform } from '../transform/types.ts';
import { type CloudEvent, ownEvent } from './cloud-event.ts';
import { jobId } from './job-id.ts';
import { parseData } from './parse-data.ts';
import { requestedSchema } from './requested-schema.ts';
import { sign, verify } from './signature.ts';
import { currentTrace } from './trace.ts';
import { type ObjectEvent, type Requested, type SinkObject, schemaUri, typePrefix } from './types.ts';

/** Largest `requested`, in bytes of its structured form: CloudEvents promises that 64 KiB get through. */
export const largestRequested = 60 * 1024;

export interface RequestOptions {
  transform: ResolvedTransform;
  object: ObjectEvent;
  /** The Transform's sinks with the keys that the object gives them. */
  sinks: SinkObject[];
  /** The event that told of the object. */
  cause: CloudEvent<unknown>;
  eventKey: string;
  /** Sets apart one more request for the same job, by a sweep, a retry or a backfill: a ULID in lower case, so that later ones sort last. */
  again?: string;
}

/**
 * @throws Fault TRANSFORM_INVALID where the event is larger than may be sent
 * @throws TypeError where the object has no etag: its content cannot be told apart
 */
export function requestedEvent({ transform, object, sinks, cause, eventKey, again }: RequestOptions): CloudEvent<Requested> {
  const { ref, source, pipeline } = transform;
  const { bucket, key, etag, size, versionId, contentType, eventTime } = object;
  if (etag === undefined) throw new TypeError('an object without etag cannot be asked for');
  const job = jobId(transform, { bucket, key, etag, size });
  const { elements, onMissingStream, limits, debug } = pipeline;
  const data: Requested = JSON.parse(
    JSON.stringify({
      job,
      transform: ref,
      chain: chainOf(object),
      source: { endpoint: source.endpoint, bucket, key, etag, size, versionId, contentType, eventTime },
      sinks,
      pipeline: { elements, onMissingStream, limits, debug },
    } satisfies Requested),
  );
  const event = ownEvent<Requested>({
    id: again === undefined ? job : `${job}.${again}`,
    type: `${typePrefix}requested`,
    source: `/transforms/${ref.namespace}/${ref.name}`,
    subject: job,
    datacontenttype: 'application/json',
    dataschema: schemaUri('requested'),
    data,
    runner: transform.runner,
    execution: transform.execution,
    signature: sign(data, eventKey),
    correlationid: String(cause.correlationid ?? cause.id),
    causationid: cause.id,
    ...currentTrace(cause),
  });
  const bytes = Buffer.byteLength(JSON.stringify(event));
  if (bytes > largestRequested) {
    throw new Fault('TRANSFORM_INVALID', {
      cause: `a request for ${ref.namespace}/${ref.name} has ${bytes} bytes; at most ${largestRequested} can be sent`,
    });
  }
  return event;
}

/** The Transforms that led to the object, `namespace/name` each, as its metadata tells. */
export function chainOf({ userMetadata }: Pick<ObjectEvent, 'userMetadata'>): string[] {
  return (userMetadata['gst-chain'] ?? '').split(',').filter((name) => name !== '');
}

/**
 * The request in `event`, if it was made with `eventKey` and not changed since.
 *
 * @throws Fault EVENT_SIGNATURE, EVENT_MALFORMED
 */
export function readRequested(event: CloudEvent<unknown>, eventKey: string): Requested {
  if (!isRequest(event)) throw new Fault('EVENT_MALFORMED', { cause: `type ${event.type} is no request` });
  if (!verify(event.data, event.signature, eventKey)) throw new Fault('EVENT_SIGNATURE');
  return parseRequest(event);
}

export function isRequest({ type }: Pick<CloudEvent<unknown>, 'type'>): boolean {
  return type === `${typePrefix}requested`;
}

/**
 * The request in `event`, whoever made it: for records, never for work.
 *
 * @throws Fault EVENT_MALFORMED
 */
export function parseRequest(event: Pick<CloudEvent<unknown>, 'data'>): Requested {
  return parseData(requestedSchema, event.data);
}
