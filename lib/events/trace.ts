/** W3C trace context in the `traceparent` extension: one trace from the upload to the record. */
import { randomBytes } from 'node:crypto';
import { isSpanContextValid, type SpanContext, TraceFlags, trace } from '@opentelemetry/api';

const pattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The span that `traceparent` names; undefined where it is none. */
export function parseTraceparent(traceparent: unknown): SpanContext | undefined {
  const match = typeof traceparent === 'string' ? pattern.exec(traceparent) : null;
  if (match === null) return undefined;
  const [, traceId = '', spanId = '', flags = ''] = match;
  const context = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(context) ? context : undefined;
}

/**
 * `traceparent` of an event made now: the span at work where telemetry is on, else that of the event's cause, else a
 * new one, marked as sampled so that whoever has telemetry further on records it.
 */
export function currentTraceparent(cause?: unknown): string {
  const parent = current(cause);
  if (parent) return formatTraceparent(parent);
  return formatTraceparent({
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    traceFlags: TraceFlags.SAMPLED,
  });
}

/** The trace that is worked for, as 32 hexadecimal digits; undefined where there is none. */
export const currentTraceId = (cause?: unknown): string | undefined => current(cause)?.traceId;

function current(cause: unknown): SpanContext | undefined {
  const active = trace.getActiveSpan()?.spanContext();
  return active && isSpanContextValid(active) ? active : parseTraceparent(cause);
}

export function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}
