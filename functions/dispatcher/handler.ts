/** Asks for one transcode for each Transform that an object matches. */
import type { Span } from '@opentelemetry/api';
import type { CloudEvent } from 'cloudevents';
import type { Logger } from 'pino';
import { Fault } from '../../lib/errors.ts';
import { chainOf, decodeObjectEvents, longestChain, publishAll, requestedEvent } from '../../lib/events/index.ts';
import type { ObjectEvent } from '../../lib/events/types.ts';
import { refusedEvent } from '../../lib/jobs/refused.ts';
import type { Handler, Publish } from '../../lib/runtime/index.ts';
import { counter, inSpan, objectAttributes } from '../../lib/telemetry/index.ts';
import { type ResolvedTransform, sinkObjects, type TransformIndex } from '../../lib/transform/index.ts';

export interface DispatcherDeps {
  transforms: Pick<TransformIndex, 'match'>;
  /** False as long as there are Transforms that are not known yet. */
  ready: () => boolean;
  publish: Publish;
  eventKey: string;
  /** A new ULID. */
  newRun: () => string;
}

/**
 * Answers 204 when every request has reached the Broker. If one fails the whole event fails (503): the redelivery repeats
 * requests that were already made, and their job id makes the repetition harmless.
 */
export function createHandler({ transforms, ready, publish, eventKey, newRun }: DispatcherDeps): Handler {
  const decisions = counter('gst.dispatcher.decisions');

  function decide(
    object: ObjectEvent,
    transform: ResolvedTransform,
    cause: CloudEvent<unknown>,
    log: Logger,
  ): CloudEvent<unknown>[] {
    const name = `${transform.ref.namespace}/${transform.ref.name}`;
    const about = { transform: name, bucket: object.bucket, key: object.key };
    const chain = chainOf(object);
    if (chain.includes(name) || chain.length >= longestChain) {
      decisions.add(1, { 'gst.outcome': 'loop' });
      log.info({ ...about, chain }, 'object comes from this Transform itself: not requested');
      return [];
    }
    const source = { ...object, etag: object.etag ?? '', endpoint: transform.source.endpoint };
    try {
      const sinks = sinkObjects(transform.sinks, source);
      const event = requestedEvent({ transform, object, sinks, cause, eventKey });
      decisions.add(1, { 'gst.outcome': 'requested' });
      log.info({ ...about, job: event.subject }, 'transcode requested');
      return [event];
    } catch (error) {
      const fault = Fault.from(error);
      if (fault.class !== 'permanent') throw error;
      decisions.add(1, { 'gst.outcome': 'refused' });
      log.warn({ ...about, err: fault }, 'transcode refused');
      return [refusedEvent({ transform, source, fault, run: newRun(), cause, by: 'dispatcher' })];
    }
  }

  async function match(object: ObjectEvent, cause: CloudEvent<unknown>, log: Logger, span: Span): Promise<CloudEvent<unknown>[]> {
    const { bucket, key } = object;
    const matches = transforms.match(object);
    span.setAttribute('gst.matches', matches.length);
    if (matches.length === 0) decisions.add(1, { 'gst.outcome': 'unmatched' });
    log.debug({ bucket, key, matches: matches.length }, 'object seen');
    if (matches.length > 0 && object.etag === undefined) {
      decisions.add(matches.length, { 'gst.outcome': 'no-etag' });
      log.warn({ bucket, key }, 'object without etag: left to the sweep');
      return [];
    }
    return matches.flatMap((transform) => decide(object, transform, cause, log));
  }

  return async (event, { log, signal }) => {
    if (!ready()) throw new Fault('KUBERNETES_FAILED', { what: 'list Transforms', cause: 'no answer yet' });
    const objects = decodeObjectEvents(event);
    if (objects.length === 0) {
      decisions.add(1, { 'gst.outcome': 'ignored' });
      log.debug('no new object in this event: passed over');
    }
    const events = await Promise.all(
      objects.map((object) =>
        inSpan('match', { attributes: objectAttributes(object) }, (span) => match(object, event, log, span)),
      ),
    );
    await publishAll(publish, events.flat(), signal);
  };
}
