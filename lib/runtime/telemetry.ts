/** Where telemetry begins and ends: the span of each delivery, and the SDK, which is loaded only where it is wanted. */
import { type Attributes, context, type Link, type Span, SpanKind, trace } from '@opentelemetry/api';
import type { CloudEvent } from 'cloudevents';
import { Fault } from '../errors.ts';
import { parseTraceparent } from '../events/index.ts';
import { inSpan } from '../telemetry/index.ts';
import { readSettings } from './settings.ts';
import { telemetrySettings } from './telemetry-settings.ts';

export interface Delivered {
  headers: Headers;
  /** Path and query. */
  path: string;
}

/**
 * Runs `work` in a span of the trace that the event belongs to. The `traceparent` header names the hop of the delivery
 * (queue-proxy, Broker), which is linked to.
 */
export function processing<T>(event: CloudEvent<unknown>, { headers, path }: Delivered, work: () => Promise<T>): Promise<T> {
  const cause = parseTraceparent(event.traceparent);
  const hop = parseTraceparent(headers.get('traceparent'));
  const from = cause ?? hop;
  const links: Link[] = cause && hop && hop.spanId !== cause.spanId ? [{ context: hop }] : [];
  const attributes: Attributes = {
    'messaging.system': 'knative',
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.message.id': event.id,
    'cloudevents.event_id': event.id,
    'cloudevents.event_type': event.type,
    'cloudevents.event_source': event.source,
    ...(event.subject === undefined ? {} : { 'cloudevents.event_subject': event.subject }),
    ...requestAttributes(path),
  };
  const parent = from ? trace.setSpanContext(context.active(), from) : context.active();
  return answering(`process ${event.type}`, { kind: SpanKind.CONSUMER, attributes, links, parent }, work);
}

/** Runs `work`, the handling of a request that is no CloudEvent, in a span of the trace of its caller. */
export function serving<T>({ headers, path }: Delivered, work: () => Promise<T>): Promise<T> {
  const caller = parseTraceparent(headers.get('traceparent'));
  const parent = caller ? trace.setSpanContext(context.active(), caller) : context.active();
  return answering('POST', { kind: SpanKind.SERVER, attributes: requestAttributes(path), parent }, work);
}

/** The query is left out: it may hold a token. */
const requestAttributes = (path: string): Attributes => ({
  'http.request.method': 'POST',
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

/**
 * Turns telemetry on where OTEL_EXPORTER_OTLP_ENDPOINT, or that of traces or of metrics, is set.
 *
 * @returns what sends the rest and turns it off
 * @throws Fault SETTINGS_INVALID
 */
export async function startTelemetry(name: string, env: NodeJS.ProcessEnv): Promise<() => Promise<void>> {
  const set = readSettings(telemetrySettings, env);
  const traces = (set.endpoint ?? set.tracesEndpoint) !== undefined;
  const counts = (set.endpoint ?? set.metricsEndpoint) !== undefined;
  if (set.disabled || !(traces || counts)) return async () => {};
  // importing it takes longer than all the rest of a cold start
  const { startSdk } = await import('./telemetry-sdk.ts');
  const { sampler, samplerRatio, spanDelay, metricInterval } = set;
  return startSdk({
    service: set.serviceName ?? name,
    traces,
    metrics: counts,
    sampler,
    samplerRatio,
    spanDelay,
    metricInterval,
  });
}
