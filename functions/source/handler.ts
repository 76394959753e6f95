/** Takes MinIO's webhook: a notification becomes one object event for each new object. */
import { Fault } from '../../lib/errors.ts';
import { currentTraceId, isCreation, objectEvent, publishAll, readNotification } from '../../lib/events/index.ts';
import type { ObjectEvent } from '../../lib/events/types.ts';
import { type Publish, type RequestHandler, serving } from '../../lib/runtime/index.ts';
import { counter, inSpan, objectAttributes } from '../../lib/telemetry/index.ts';

export interface SourceDeps {
  publish: Publish;
  /** Whether this Authorization header may pass. */
  authorized: (header: string | null) => boolean;
  /** Address under which Transforms know the server that calls. */
  endpoint?: string | undefined;
}

/**
 * Answers 204 when the Broker has an event for every new object, and 503 when it has not: MinIO then sends the
 * notification again, and the ids of the events stay the same. All else that is authorized gets 204 too, however little
 * sense it makes: MinIO repeats what is refused for ever, and holds back all that comes after it.
 */
export function createHandler({ publish, authorized, endpoint }: SourceDeps): RequestHandler {
  const records = counter('gst.source.records');
  return async ({ headers, body }, { log, signal, path }) => {
    const authorization = headers.get('authorization') ?? null;
    // older MinIO asks by an empty POST whether somebody is there
    if (body.length === 0 && authorization === null) return;
    if (!authorized(authorization)) throw new Fault('EVENT_UNAUTHORIZED');
    if (body.length === 0) return;

    const notification = readNotification(parse(body));
    const created = notification.records.filter(isCreation);
    if (notification.records.length === 0 && notification.unusable === 0) {
      records.add(1, { 'gst.outcome': 'unreadable' });
      log.warn({ bytes: body.length, start: excerpt(body) }, 'body is no notification: passed over');
      return;
    }
    if (notification.unusable > 0) {
      records.add(notification.unusable, { 'gst.outcome': 'unusable' });
      log.warn({ unusable: notification.unusable }, 'records without event, bucket or key: passed over');
    }
    for (const { eventName, bucket, key } of notification.records.filter((record) => !isCreation(record))) {
      records.add(1, { 'gst.outcome': 'ignored' });
      log.debug({ eventName, bucket, key }, 'no new content: passed over');
    }
    if (created.length === 0) return;
    await serving({ headers, path }, async () => {
      const told = new Map(
        created.map((object) => [objectEvent(endpoint === undefined ? object : { ...object, endpoint }), object]),
      );
      const root = created.length > 1; // each object has a trace of its own
      const tell: Publish = async (event, options) => {
        const { eventName, bucket, key } = told.get(event) as ObjectEvent;
        await inSpan('tell object', { root, attributes: objectAttributes({ bucket, key }) }, async () => {
          await publish(event, options);
          log.info({ eventName, bucket, key, traceId: currentTraceId(event) }, 'object told');
        });
      };
      await publishAll(tell, told.keys(), signal);
      records.add(created.length, { 'gst.outcome': 'published' });
    });
  };
}

/** Undefined where it is no JSON, or no UTF-8: keys would name other objects. A byte order mark may stand before it. */
function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

/** Enough of a body to recognise its sender by, in one line. */
function excerpt(body: Uint8Array): string {
  return Buffer.from(body.subarray(0, 100)).toString('utf8').replace(/\s+/g, ' ');
}
