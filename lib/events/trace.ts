/**
 * W3C trace context in the extensions `traceparent` and `tracestate` of an event: one trace from the upload to the record.
 * What spans say of an event stands here too.
 */
import { randomBytes } from 'node:crypto';
import { type Attributes, createTraceState, isSpanContextValid, type SpanContext, TraceFlags, trace } from '@opentelemetry/api';
import type { CloudEvent } from 'cloudevents';

/** Where a trace goes on from, as events have it. */
export interface TraceExtensions {
  traceparent: string;
  /** What others who trace want carried along; absent where there is nothing. */
  tracestate?: string;
}

/** Any version but ff; those after 00 may have more behind the flags. */
const pattern = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** The span that `traceparent` names; undefined where it is none. */
export function parseTraceparent(traceparent: unknown, tracestate?: unknown): SpanContext | undefined {
  const match = typeof traceparent === 'string' ? pattern.exec(traceparent) : null;
  if (match === null) return undefined;
  const [, version, traceId = '', spanId = '', flags = '', more] = match;
  if (version === '00' && more !== undefined) return undefined;
  const state = typeof tracestate === 'string' && tracestate !== '' ? { traceState: createTraceState(tracestate) } : {};
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true, ...state };
  return isSpanContextValid(context) ? context : undefined;
}

/**
 * The trace of an event made now: the span at work where telemetry is on, else that of the event's cause, else a new
 * one, marked as sampled so that whoever has telemetry further on records it.
 */
export function currentTrace(cause?: CloudEvent<unknown>): TraceExtensions {
  const parent = current(cause);
  if (parent) return traceExtensions(parent);
  const random = randomBytes(24).toString('hex');
  return traceExtensions({ traceId: random.slice(0, 32), spanId: random.slice(32), traceFlags: TraceFlags.SAMPLED });
}

/** The trace that is worked for, as 32 hexadecimal digits; undefined where there is none. */
export const currentTraceId = (cause?: CloudEvent<unknown>): string | undefined => current(cause)?.traceId;

/** The span that an event says it comes from; undefined where it names none. */
export const traceOf = ({ traceparent, tracestate }: CloudEvent<unknown>): SpanContext | undefined =>
  parseTraceparent(traceparent, tracestate);

function current(cause: CloudEvent<unknown> | undefined): SpanContext | undefined {
  const active = trace.getActiveSpan()?.spanContext();
  if (active && isSpanContextValid(active)) return active;
  return cause && traceOf(cause);
}

export function traceExtensions({ traceId, spanId, traceFlags, traceState }: SpanContext): TraceExtensions {
  const tracestate = traceState?.serialize();
  const traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
  return tracestate ? { traceparent, tracestate } : { traceparent };
}

/** Names of the semantic conventions for messaging and CloudEvents. */
export function eventAttributes({ id, type, source, subject, specversion }: CloudEvent<unknown>): Attributes {
  return {
    'messaging.system.name': 'knative',
    'messaging.message.id': id,
    'cloudevents.event_id': id,
    'cloudevents.event_type': type,
    'cloudevents.event_source': source,
    'cloudevents.event_spec_version': specversion,
    ...(subject === undefined ? {} : { 'cloudevents.event_subject': subject }),
  };
}
