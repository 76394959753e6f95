/** Where telemetry begins and ends: the span of each delivery, and the SDK, which is loaded only where it is wanted. */
import { type Attributes, context, type Link, type Span, SpanKind, trace } from '@opentelemetry/api';
import type { CloudEvent } from 'cloudevents';
import { Fault } from '../errors.ts';
import { eventAttributes, parseTraceparent, traceOf } from '../events/index.ts';
import { inSpan, keepSecret } from '../telemetry/index.ts';
import { commonSettings } from './common-settings.ts';
import { createLog } from './log.ts';
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

const callerOf = (headers: Headers) => parseTraceparent(headers.get('traceparent'), headers.get('tracestate'));

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

/**
 * Turns telemetry on where OTEL_EXPORTER_OTLP_ENDPOINT, or that of traces or of metrics, is set.
 *
 * @returns what sends the rest and turns it off
 * @throws Fault SETTINGS_INVALID
 */
export async function startTelemetry(name: string, env: NodeJS.ProcessEnv): Promise<() => Promise<void>> {
  const set = readSettings(telemetrySettings, env);
  const traces = set.tracesExporter !== 'none' && (set.endpoint ?? set.tracesEndpoint) !== undefined;
  const counts = set.metricsExporter !== 'none' && (set.endpoint ?? set.metricsEndpoint) !== undefined;
  if (set.disabled || !(traces || counts)) return async () => {};
  for (const header of set.headers ?? []) keepSecret(secretIn(header));
  const { logLevel, logFormat } = readSettings(commonSettings, env);
  // importing it takes longer than all the rest of a cold start
  const { startSdk } = await import('./telemetry-sdk.ts');
  const { sampler, samplerRatio, spanDelay, metricInterval } = set;
  return startSdk({
    service: set.serviceName,
    function: name,
    traces: traces ? (set.tracesProtocol ?? set.protocol) : undefined,
    metrics: counts ? (set.metricsProtocol ?? set.protocol) : undefined,
    sampler,
    samplerRatio,
    spanDelay,
    metricInterval,
    log: createLog({ name, level: logLevel, format: logFormat }),
  });
}

/** Of `name=value`, where the value is percent-encoded. */
function secretIn(header: string): string {
  const value = header.slice(header.indexOf('=') + 1).trim();
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
