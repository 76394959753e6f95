/** Asks for a Job once more, as the dispatcher asked for it the first time. */
import { ulid } from 'ulid';
import { Fault } from '../../lib/errors.ts';
import { type ObjectEvent, objectEvent, type Publish, requestedEvent } from '../../lib/events/index.ts';
import { type ResolvedTransform, sinkObjects } from '../../lib/transform/index.ts';
import type { JobObject } from './feed.ts';

export interface AskAgainDeps {
  publish: Publish;
  eventKey: string;
}

/**
 * @returns the job that was asked for: another one where the Transform does other work by now
 * @throws Fault TRANSFORM_INVALID, OUTPUT_KEY_INVALID, PUBLISH_FAILED
 */
export async function askAgain(
  job: JobObject,
  transform: ResolvedTransform,
  { publish, eventKey }: AskAgainDeps,
): Promise<string> {
  const { src } = job.spec;
  const { endpoint, bucket } = transform.source;
  if (src.etag === undefined) {
    throw new Fault('TRANSFORM_INVALID', { cause: 'the record of this job does not say which content of the object it was for' });
  }
  const object: ObjectEvent = {
    eventName: 'ObjectCreated:Put',
    bucket: src.config?.minio?.bucket ?? bucket,
    key: src.name,
    etag: src.etag,
    size: src.size ?? 0,
    versionId: src.versionId,
    contentType: src.contentType,
    // "now" of the key templates: another one would give the outputs other keys
    eventTime: src.eventTime ?? job.metadata.creationTimestamp ?? new Date(0).toISOString(),
    region: endpoint.region,
    userMetadata: {},
    endpoint: endpoint.address,
  };
  const source = { ...object, etag: src.etag, endpoint };
  const event = requestedEvent({
    transform,
    object,
    sinks: sinkObjects(transform.sinks, source),
    cause: objectEvent(object),
    eventKey,
    again: ulid().toLowerCase(),
  });
  await publish(event);
  return String(event.subject);
}
