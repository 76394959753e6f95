/**
 * Tracing and metrics by the OpenTelemetry API, which costs nothing while no SDK is there. The SDK is loaded only where an
 * endpoint is set: importing it takes longer than all the rest of a cold start.
 */
import { context, type Link, type Meter, metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { CloudEvent } from 'cloudevents';
import { Fault } from '../errors.ts';
import { parseTraceparent } from '../events/index.ts';

const tracer = () => trace.getTracer('gst-functions');

/** Makes instruments. Asked for when a function starts, not when a module is loaded: before the SDK there is none that counts. */
export const meter = (): Meter => metrics.getMeter('gst-functions');

/**
 * Runs `work` in a span of the trace that the event belongs to. The `traceparent` header names the hop of the delivery
 * (queue-proxy, Broker), which is linked to.
 */
export async function spanOf<T>(event: CloudEvent<unknown>, headers: Headers, work: () => Promise<T>): Promise<T> {
  const cause = parseTraceparent(event.traceparent);
  const hop = parseTraceparent(headers.get('traceparent'));
  const parent = cause ?? hop;
  const links: Link[] = cause && hop && hop.spanId !== cause.spanId ? [{ context: hop }] : [];
  const attributes = {
    'cloudevents.event_id': event.id,
    'cloudevents.event_type': event.type,
    'cloudevents.event_source': event.source,
    ...(event.subject === undefined ? {} : { 'cloudevents.event_subject': event.subject }),
  };
  const from = parent ? trace.setSpanContext(context.active(), parent) : context.active();
  return tracer().startActiveSpan(`${event.type} process`, { kind: SpanKind.CONSUMER, attributes, links }, from, async (span) => {
    try {
      return await work();
    } catch (error) {
      const fault = Fault.from(error);
      span.setAttribute('error.type', fault.code);
      if (fault.class !== 'skipped') span.setStatus({ code: SpanStatusCode.ERROR, message: fault.message });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Runs `work`, which begins a new story, in a span of its own: the events that it makes belong to that trace. */
export function producing<T>(name: string, work: () => Promise<T>): Promise<T> {
  return tracer().startActiveSpan(name, { kind: SpanKind.PRODUCER }, async (span) => {
    try {
      return await work();
    } catch (error) {
      const fault = Fault.from(error);
      span.setAttribute('error.type', fault.code);
      span.setStatus({ code: SpanStatusCode.ERROR, message: fault.message });
      throw error;
    } finally {
      span.end();
    }
  });
}

/**
 * Turns telemetry on where OTEL_EXPORTER_OTLP_ENDPOINT (or that of traces) is set.
 *
 * @returns what sends the rest and turns it off
 */
export async function startTelemetry(name: string, env: NodeJS.ProcessEnv): Promise<() => Promise<void>> {
  const wanted = env.OTEL_EXPORTER_OTLP_ENDPOINT || env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  if (!wanted || env.OTEL_SDK_DISABLED === 'true') return async () => {};
  const { startSdk } = await import('./telemetry-sdk.ts');
  return startSdk(env.OTEL_SERVICE_NAME ?? env.K_SERVICE ?? name);
}
