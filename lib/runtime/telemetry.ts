/** The span of each delivery. */
import { type Attributes, context, type Link, type Span, SpanKind, trace } from '@opentelemetry/api';
import type { CloudEvent } from 'cloudevents';
import { Fault } from '../errors.ts';
import { eventAttributes, type HeaderFields, parseTraceparent, traceOf } from '../events/index.ts';
import { inSpan } from '../telemetry/index.ts';

export interface Delivered {
  headers: HeaderFields;
  /** Path and query. */
  path: string;
}

/**
 * Runs `work` in a span of the trace that the event belongs to. The `traceparent` header names the hop of the delivery
 * (queue-proxy, Broker), which is linked to.
 */
export function processing<T>(event: CloudEvent<unknown>, { headers, path }: Delivered, work: () => Promise<T>): Promise<T> {
  const cause = traceOf(event);
  const hop = callerOf(headers);
  const from = cause ?? hop;
  const links: Link[] = cause && hop && hop.spanId !== cause.spanId ? [{ context: hop }] : [];
  const attributes: Attributes = {
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    ...eventAttributes(event),
    ...requestAttributes(path),
  };
  const parent = from ? trace.setSpanContext(context.active(), from) : context.active();
  return answering(`process ${event.type}`, { kind: SpanKind.CONSUMER, attributes, links, parent }, work);
}

/** Runs `work`, the handling of a request that is no CloudEvent, in a span of the trace of its caller. */
export function serving<T>({ headers, path }: Delivered, work: () => Promise<T>): Promise<T> {
  const caller = callerOf(headers);
  const parent = caller ? trace.setSpanContext(context.active(), caller) : context.active();
  return answering('POST', { kind: SpanKind.SERVER, attributes: requestAttributes(path), parent }, work);
}

const callerOf = (headers: HeaderFields) => parseTraceparent(headers.get('traceparent'), headers.get('tracestate'));

/** The query is left out: it may hold a token. No function ends TLS itself. */
const requestAttributes = (path: string): Attributes => ({
  'http.request.method': 'POST',
  'url.scheme': 'http',
  'url.path': path.split('?', 1)[0] as string,
});

function answering<T>(name: string, options: Parameters<typeof inSpan>[1], work: () => Promise<T>): Promise<T> {
  const answer = (span: Span, status: number) => span.setAttribute('http.response.status_code', status);
  return inSpan(name, options, async (span) => {
    try {
      const done = await work();
      answer(span, 204);
      return done;
    } catch (error) {
      answer(span, Fault.from(error).status);
      throw error;
    }
  });
}
