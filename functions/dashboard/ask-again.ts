/** Asks for a Job once more, as the dispatcher asked for it the first time. */
import { ulid } from 'ulid';
import { Fault } from '../../lib/errors.ts';
import { objectEvent, type Publish, requestedEvent } from '../../lib/events/index.ts';
import { objectOf } from '../../lib/jobs/object.ts';
import { type ResolvedTransform, sinkObjects } from '../../lib/transform/index.ts';
import type { JobObject } from './feed.ts';

export interface AskAgainDeps {
  publish: Publish;
  eventKey: string;
  /** Takes the wish back that the job is to stop: a new request would be stopped too. */
  takeBack: (job: JobObject) => Promise<void>;
}

/**
 * @returns the job that was asked for: another one where the Transform does other work by now
 * @throws Fault TRANSFORM_INVALID, OUTPUT_KEY_INVALID: then nothing has changed; KUBERNETES_FAILED, PUBLISH_FAILED
 */
export async function askAgain(
  job: JobObject,
  transform: ResolvedTransform,
  { publish, eventKey, takeBack }: AskAgainDeps,
): Promise<string> {
  const object = objectOf(job, transform);
  if (!object) throw new Fault('TRANSFORM_INVALID', { cause: 'it does not take the object of this job, or not any more' });
  const event = requestedEvent({
    transform,
    object,
    sinks: sinkObjects(transform.sinks, { ...object, endpoint: transform.source.endpoint }),
    cause: objectEvent(object),
    eventKey,
    again: ulid().toLowerCase(),
  });
  await takeBack(job);
  await publish(event);
  return String(event.subject);
}
