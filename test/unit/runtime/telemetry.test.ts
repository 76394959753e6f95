import { context, metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { CloudEvent } from 'cloudevents';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHandler as createSource } from '../../../functions/source/handler.ts';
import { Fault } from '../../../lib/errors.ts';
import { createApp, createHttpApp, createLifecycle, type Handler, startTelemetry } from '../../../lib/runtime/index.ts';
import { fakeBroker, keptLog, notification } from '../../support/functions.ts';
import { post } from '../../support/requests.ts';

const spans = new InMemorySpanExporter();
let counted: InMemoryMetricExporter;
let meters: MeterProvider;
beforeEach(() => {
  spans.reset();
  counted = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }));
  meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: counted })] });
  metrics.setGlobalMeterProvider(meters);
});
afterEach(async () => {
  await meters.shutdown();
  trace.disable();
  metrics.disable();
  context.disable();
});

const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
const event = new CloudEvent<unknown>({
  id: '1',
  source: '/s',
  type: 't',
  subject: 'j',
  traceparent: `00-${traceId}-${spanId}-01`,
});
const app = (handler: Handler) => createApp(handler, { log: keptLog().log, lifecycle: createLifecycle(), bodyLimit: 1024 });
const spanOf = async (handler: Handler, headers: Record<string, string> = {}) => {
  const request = post(event);
  for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
  await app(handler).fetch(request);
  const [span] = spans.getFinishedSpans();
  if (span === undefined) throw new Error('no span');
  return span;
};

describe('the span of an event', () => {
  it('belongs to the trace that the event names, and links to the hop that brought it', async () => {
    const hop = '00-11111111111111111111111111111111-2222222222222222-01';
    const span = await spanOf(async () => {}, { traceparent: hop });
    expect(span).toMatchObject({ name: 'process t', kind: SpanKind.CONSUMER, status: { code: SpanStatusCode.UNSET } });
    expect([span.spanContext().traceId, span.parentSpanContext?.spanId]).toEqual([traceId, spanId]);
    expect(span.links.map((link) => link.context.traceId)).toEqual(['1'.repeat(32)]);
    expect(span.attributes).toMatchObject({ 'cloudevents.event_id': '1', 'cloudevents.event_subject': 'j' });
  });

  const ends: Array<[code: 'MEDIA_EMPTY' | 'SOURCE_GONE', status: SpanStatusCode]> = [
    ['MEDIA_EMPTY', SpanStatusCode.ERROR],
    ['SOURCE_GONE', SpanStatusCode.UNSET],
  ];
  it.each(ends)('tells of %s', async (code, status) => {
    const span = await spanOf(async () => {
      throw new Fault(code);
    });
    expect([span.attributes['error.type'], span.status.code]).toEqual([code, status]);
  });
});

describe('what is counted', () => {
  it('is one for a body that is no notification, and one for each record', async () => {
    const handler = createSource({ publish: fakeBroker().publish, authorized: () => true });
    const source = createHttpApp(handler, { log: keptLog().log, lifecycle: createLifecycle(), bodyLimit: 2 ** 20 });
    const bodies = ['no JSON', JSON.stringify(notification()), JSON.stringify({ Records: [null, ...notification().Records] })];
    for (const body of bodies) await source.fetch(new Request('http://source/', { method: 'POST', body }));
    await meters.forceFlush();
    const all = counted.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    const metric = all.find(({ descriptor }) => descriptor.name === 'gst.source.records');
    const values = metric?.dataPoints.map(({ attributes, value }) => [attributes['gst.outcome'], value]);
    expect(Object.fromEntries(values ?? [])).toEqual({ unreadable: 1, published: 2, unusable: 1 });
  });
});

describe('the SDK', () => {
  it.each([
    {},
    { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_SDK_DISABLED: 'true' },
  ])('stays away with %j', async (env) => {
    trace.disable();
    const stop = await startTelemetry('sample', env);
    expect(trace.getTracer('x').startSpan('y').isRecording()).toBe(false);
    await stop();
  });

  it('is there where an endpoint is set, and ends in time even when nobody takes what it has', async () => {
    trace.disable();
    metrics.disable();
    const stop = await startTelemetry('sample', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' });
    expect(trace.getTracer('x').startSpan('y').isRecording()).toBe(true);
    await stop();
    expect(trace.getTracer('x').startSpan('y').isRecording()).toBe(false);
  });
});
