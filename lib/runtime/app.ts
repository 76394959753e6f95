/** The HTTP face of a function, as `Request → Response`: tested without a socket, served by server.ts. */
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Logger } from 'pino';
import { Fault } from '../errors.ts';
import { currentTraceId, jobOf, readCloudEvent } from '../events/index.ts';
import { histogram } from '../telemetry/index.ts';
import { processing } from './telemetry.ts';
import type { EventContext, Handler, Lifecycle } from './types.ts';

export interface AppOptions {
  log: Logger;
  lifecycle: Lifecycle;
  /** In bytes. */
  bodyLimit: number;
  /** What the function needs is there; details are shown to whoever asks. */
  readiness?: () => Readiness | Promise<Readiness>;
  liveness?: () => boolean;
  /** Answer GET and HEAD with 2xx, for senders that look whether somebody is there. */
  ping?: boolean;
  /** See ReadOptions of lib/events. */
  keepUnreadableData?: boolean;
}

export interface Readiness {
  ready: boolean;
  [detail: string]: unknown;
}

/** A POST as it came, of any path. Resolves for 204; rejects with a `Fault`, whose status is the answer. */
export type RequestHandler = (request: { headers: Headers; body: Uint8Array }, context: EventContext) => Promise<void>;

/** Told to whoever finds the process busy, in seconds. The Broker goes by its own backoff. */
const retryAfter = 5;

/** An app that takes CloudEvents, one in each POST. */
export function createApp(handler: Handler, options: AppOptions): Hono {
  return createHttpApp(async ({ headers, body }, context) => {
    const event = readCloudEvent(headers, body, options);
    const { path } = context;
    await processing(event, { headers, path }, async () => {
      const about = { event: event.id, type: event.type, traceId: currentTraceId(event) };
      const log = context.log.child(about);
      context.log = context.log.child({ ...about, ...jobOf(event) }); // for the line of the answer; handlers add the job themselves
      await handler(event, { ...context, log });
      context.log.debug('event handled');
    });
  }, options);
}

/**
 * An app that takes any POST.
 *
 * Every answer to a POST has an empty body, those of the framework too: an error body of more than 768 bytes kills the
 * in-memory dispatcher of Knative, and a 2xx with a body that is no CloudEvent is delivered again.
 */
export function createHttpApp(handle: RequestHandler, options: AppOptions): Hono {
  const { log, lifecycle } = options;
  const durations = histogram('http.server.request.duration');
  const app = new Hono();
  const answer = (status: number, headers: Record<string, string> = {}) =>
    new Response(null, { status, headers: lifecycle.draining() ? { ...headers, connection: 'close' } : headers });
  const refuse = (error: unknown, about = log) => {
    const fault = Fault.from(error);
    // 422 and 429 are everyday answers, and whoever gave them has logged why
    const level = fault.code === 'INTERNAL' ? 'error' : fault.status >= 500 || fault.class === 'malformed' ? 'warn' : 'debug';
    about[level]({ err: fault, status: fault.status }, 'request refused');
    return answer(fault.status, fault.status === 429 ? { 'retry-after': String(retryAfter) } : {});
  };

  app.get('/health/liveness', () => answer((options.liveness?.() ?? true) ? 200 : 503));
  app.get('/health/readiness', async () => {
    const found = (await options.readiness?.()) ?? { ready: true };
    const ready = found.ready && !lifecycle.draining();
    return Response.json({ ...found, ready, draining: lifecycle.draining() }, { status: ready ? 200 : 503 });
  });
  const limit = bodyLimit({
    maxSize: options.bodyLimit,
    onError: () => refuse(new Fault('EVENT_TOO_LARGE', { limit: options.bodyLimit })),
  });
  app.post('*', limit, async (c) => {
    const request = c.req.raw;
    const done = lifecycle.begin();
    const begun = performance.now();
    const answered = (response: Response, fault?: Fault) => {
      durations.record((performance.now() - begun) / 1000, {
        'http.request.method': 'POST',
        'url.scheme': 'http',
        'http.response.status_code': response.status,
        ...(fault && { 'error.type': fault.code }),
      });
      return response;
    };
    const { pathname, search } = new URL(request.url);
    const context: EventContext = {
      log,
      signal: lifecycle.signal,
      gone: request.signal,
      draining: lifecycle.draining,
      path: pathname + search,
      headers: request.headers,
    };
    try {
      await handle({ headers: request.headers, body: new Uint8Array(await request.arrayBuffer()) }, context);
      return answered(answer(204));
    } catch (error) {
      return answered(refuse(error, context.log), Fault.from(error));
    } finally {
      done();
    }
  });
  if (options.ping) app.get('*', () => answer(200));
  // never 404, which the Broker would try again
  app.all('*', () => answer(405, { allow: 'POST' }));
  app.onError((error) => refuse(error));
  return app;
}
