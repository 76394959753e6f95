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
import { createPublisher } from '../../../lib/events/index.ts';
import type { Send } from '../../../lib/events/send.ts';
import { createApp, createHttpApp, createLifecycle, type Handler, startTelemetry } from '../../../lib/runtime/index.ts';
import { asyncContextManager } from '../../../lib/runtime/telemetry-sdk.ts';
import { withoutSecrets } from '../../../lib/telemetry/index.ts';
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

  it('carries along what other tracers have put beside it', async () => {
    const { traceparent, tracestate } = { traceparent: `00-${traceId}-${spanId}-01`, tracestate: 'congo=t61rcWkgMzE' };
    const told = new CloudEvent<unknown>({ id: '1', source: '/s', type: 't', traceparent, tracestate });
    const posts: Array<Record<string, unknown>> = [];
    const send: Send = async (_url, { body, headers }) => {
      posts.push(JSON.parse(body), headers);
      return 202;
    };
    const publish = createPublisher({ sink: 'http://broker/', timeout: 1000, send });
    context.setGlobalContextManager(asyncContextManager());
    await app((event) => publish(event)).fetch(post(told));
    expect(posts).toMatchObject([{ tracestate }, { tracestate }]);
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

describe('several objects in one notification', () => {
  it('have a trace each, which links to the call that told of them', async () => {
    context.setGlobalContextManager(asyncContextManager());
    const handler = createSource({ publish: fakeBroker().publish, authorized: () => true });
    const source = createHttpApp(handler, { log: keptLog().log, lifecycle: createLifecycle(), bodyLimit: 2 ** 20 });
    const {
      Records: [one],
      ...rest
    } = notification();
    const body = (count: number) => JSON.stringify({ ...rest, Records: Array(count).fill(one) });
    for (const count of [2, 1]) {
      spans.reset();
      await source.fetch(new Request('http://source/', { method: 'POST', body: body(count) }));
      const all = spans.getFinishedSpans();
      const call = all.find(({ name }) => name === 'POST');
      const told = all.filter(({ name }) => name === 'tell object');
      expect(told.map(({ attributes }) => attributes['aws.s3.key'])).toEqual(Array(count).fill('drop/a.mkv'));
      expect(new Set(all.map((span) => span.spanContext().traceId)).size).toBe(count === 1 ? 1 : 1 + count);
      const from = told.map(({ links, parentSpanContext }) => (links[0]?.context ?? parentSpanContext)?.spanId);
      expect(from).toEqual(Array(count).fill(call?.spanContext().spanId));
    }
  });
});

describe('an event that is published', () => {
  const posting = () => {
    const posts: Array<{ body: { traceparent?: string }; header: string | undefined }> = [];
    const send: Send = async (_url, { headers, body }) => {
      posts.push({ body: JSON.parse(body), header: headers.traceparent });
      return posts.length === 1 ? 500 : 202;
    };
    return {
      posts,
      publish: createPublisher({ sink: 'http://user:pass@broker/ns/default', timeout: 1000, retryDelays: [0], send }),
    };
  };

  it('names the span of its publishing, in itself and in each request', async () => {
    const { posts, publish } = posting();
    await publish(event);
    const [span] = spans.getFinishedSpans();
    const { traceId: own, spanId: id } = span?.spanContext() ?? {};
    const traceparent = `00-${own}-${id}-01`;
    expect(posts).toMatchObject([
      { body: { traceparent }, header: traceparent },
      { body: { traceparent }, header: traceparent },
    ]);
    expect(span).toMatchObject({
      name: 'publish t',
      kind: SpanKind.PRODUCER,
      attributes: {
        'http.request.resend_count': 1,
        'http.response.status_code': 202,
        'messaging.destination.name': '/ns/default',
      },
    });
    expect(JSON.stringify(span?.attributes)).not.toContain('pass');
  });

  it('is sent as it is where telemetry is off', async () => {
    trace.disable();
    const { posts, publish } = posting();
    await publish(event);
    expect(posts[1]).toEqual({ body: JSON.parse(JSON.stringify(event)), header: undefined });
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

  it('keeps no trace with a sampler that keeps none, and refuses one that is not known', async () => {
    trace.disable();
    const endpoint = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:1/v1/traces' };
    const stop = await startTelemetry('sample', { ...endpoint, OTEL_TRACES_SAMPLER: 'always_off' });
    expect(trace.getTracer('x').startSpan('y').isRecording()).toBe(false);
    await stop();
    const unknown = startTelemetry('sample', { ...endpoint, OTEL_TRACES_SAMPLER: 'sometimes' });
    await expect(unknown).rejects.toMatchObject({ code: 'SETTINGS_INVALID' });
  });

  it('refuses to speak gRPC, and says what it speaks', async () => {
    const grpc = startTelemetry('sample', { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' });
    await expect(grpc).rejects.toThrow(/OTEL_EXPORTER_OTLP_PROTOCOL must be one of http\/protobuf, http\/json/);
  });

  it('sends no traces, or no metrics, where these have no exporter', async () => {
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
    for (const [name, recording] of [
      ['OTEL_TRACES_EXPORTER', false],
      ['OTEL_METRICS_EXPORTER', true],
    ] as const) {
      trace.disable();
      metrics.disable();
      const stop = await startTelemetry('sample', { ...endpoint, [name]: 'none' });
      expect([name, trace.getTracer('x').startSpan('y').isRecording()]).toEqual([name, recording]);
      await stop();
    }
  });

  it('keeps the headers that it sends out of logs', async () => {
    trace.disable();
    metrics.disable();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_HEADERS: 'a=b,x-key=one%20of%20ours' };
    const stop = await startTelemetry('sample', env);
    expect(withoutSecrets('sent x-key: one of ours')).toBe('sent x-key: <secret>');
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
