/** The HTTP face of a function, tested without a socket (`Request → Response`), served by server.ts. */
import type { Logger } from 'pino';
import { clock } from '../clock.ts';
import { Fault } from '../errors.ts';
import { currentTraceId, type HeaderFields, jobOf, readCloudEvent } from '../events/index.ts';
import { histogram } from '../telemetry/index.ts';
import { type Answer, type Asked, overFetch, type Respond } from './exchange.ts';
import { processing } from './telemetry.ts';
import type { App, EventContext, Handler, Lifecycle } from './types.ts';

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
export type RequestHandler = (request: { headers: HeaderFields; body: Uint8Array }, context: EventContext) => Promise<void>;

/** Told to whoever finds the process busy, in seconds. The Broker goes by its own backoff. */
const retryAfter = 5;

/** An app that takes CloudEvents, one in each POST. */
export function createApp(handler: Handler, options: AppOptions): App {
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
export function createHttpApp(handle: RequestHandler, options: AppOptions): App {
  const { log, lifecycle } = options;
  const durations = histogram('http.server.request.duration');
  const answer = (status: number, headers: Record<string, string> = {}): Answer => ({
    status,
    headers: lifecycle.draining() ? { ...headers, connection: 'close' } : headers,
  });
  const refuse = (error: unknown, about = log) => {
    const fault = Fault.from(error);
    // 422 and 429 are everyday answers, and whoever gave them has logged why
    const level = fault.code === 'INTERNAL' ? 'error' : fault.status >= 500 || fault.class === 'malformed' ? 'warn' : 'debug';
    about[level]({ err: fault, status: fault.status }, 'request refused');
    return answer(fault.status, fault.status === 429 ? { 'retry-after': String(retryAfter) } : {});
  };
  const readiness = async (): Promise<Answer> => {
    const found = (await options.readiness?.()) ?? { ready: true };
    const ready = found.ready && !lifecycle.draining();
    return {
      status: ready ? 200 : 503,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...found, ready, draining: lifecycle.draining() }),
    };
  };
  const post = async ({ target, headers, body, gone }: Asked): Promise<Answer> => {
    const done = lifecycle.begin();
    const begun = clock();
    const answered = (given: Answer, fault?: Fault) => {
      durations.record((clock() - begun) / 1000, {
        'http.request.method': 'POST',
        'url.scheme': 'http',
        'http.response.status_code': given.status,
        ...(fault && { 'error.type': fault.code }),
      });
      return given;
    };
    const { signal, draining } = lifecycle;
    const context: EventContext = { log, signal, gone, draining, path: target, headers };
    try {
      await handle({ headers, body: await body(options.bodyLimit) }, context);
      return answered(answer(204));
    } catch (error) {
      return answered(refuse(error, context.log), Fault.from(error));
    } finally {
      done();
    }
  };
  const route = async (asked: Asked): Promise<Answer> => {
    if (asked.method === 'POST') return post(asked);
    if (asked.method === 'GET' || asked.method === 'HEAD') {
      const [path] = asked.target.split('?', 1);
      if (path === '/health/liveness') return answer((options.liveness?.() ?? true) ? 200 : 503);
      if (path === '/health/readiness') return readiness();
      if (options.ping) return answer(200);
    }
    return answer(405, { allow: 'POST' }); // never 404, which the Broker would try again
  };
  const respond: Respond = (asked) => route(asked).catch((error: unknown) => refuse(error));
  return { respond, fetch: overFetch(respond) };
}
