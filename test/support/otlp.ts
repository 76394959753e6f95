/** A collector of telemetry: takes OTLP over HTTP, as protobuf or JSON, and keeps it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { typePrefix } from '../../lib/events/types.ts';
import { metrics as metricsMessage, readProtobuf, traces as tracesMessage } from './otlp-protobuf.ts';

export type Values = Record<string, string | number | boolean>;

export interface ReceivedSpan {
  name: string;
  traceId: string;
  spanId: string;
  /** Absent at the root of a trace. */
  parentSpanId?: string;
  /** As OTLP numbers them: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  attributes: Values;
  links: Array<{ traceId: string; spanId: string }>;
  /** 2 is an error. */
  status: { code?: number; message?: string };
  /** Nanoseconds. */
  start: bigint;
  end: bigint;
  /** Of the resource. */
  service: string;
}

export interface ReceivedPoint {
  metric: string;
  unit: string;
  service: string;
  instance: string;
  attributes: Values;
  /** Of a counter or a gauge; the sum of a histogram. */
  value: number;
  /** Of a histogram. */
  count?: number;
}

export interface Collector {
  readonly endpoint: string;
  readonly spans: ReceivedSpan[];
  /** The newest points of a metric, over all processes. */
  points(metric: string): ReceivedPoint[];
  /** Media types in which something came. */
  readonly types: Set<string>;
  /** Names of all metrics that came. */
  metrics(): Set<string>;
  /** All that was posted. */
  text(): string;
  close(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: JSON from outside; what is read of it is what is checked
type Json = any;

const plain = ({ stringValue, intValue, doubleValue, boolValue }: Json) =>
  stringValue ?? boolValue ?? doubleValue ?? (intValue === undefined ? undefined : Number(intValue));
const values = (pairs: Json[] = []): Values => Object.fromEntries(pairs.map(({ key, value }) => [key, plain(value)]));

export async function startCollector(): Promise<Collector> {
  const spans: ReceivedSpan[] = [];
  const bodies: string[] = [];
  const types = new Set<string>();
  const latest = new Map<string, ReceivedPoint>();

  const takeTraces = ({ resourceSpans = [] }: Json) => {
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = String(values(resource.attributes)['service.name']);
      for (const { spans: found } of scopeSpans) {
        for (const { startTimeUnixNano, endTimeUnixNano, attributes, links = [], status = {}, ...span } of found) {
          const times = { start: BigInt(startTimeUnixNano), end: BigInt(endTimeUnixNano) };
          spans.push({ ...span, ...times, attributes: values(attributes), links, status, service });
        }
      }
    }
  };
  const takeMetrics = ({ resourceMetrics = [] }: Json) => {
    for (const { resource, scopeMetrics } of resourceMetrics) {
      const about = values(resource.attributes);
      const [service, instance] = [String(about['service.name']), String(about['service.instance.id'])];
      for (const { name: metric, unit, sum, gauge, histogram } of scopeMetrics.flatMap((scope: Json) => scope.metrics)) {
        for (const point of (sum ?? gauge ?? histogram).dataPoints) {
          const attributes = values(point.attributes);
          const value = Number(point.asDouble ?? point.asInt ?? point.sum);
          const count = point.count === undefined ? undefined : Number(point.count);
          const key = JSON.stringify([metric, instance, Object.entries(attributes).sort()]);
          latest.set(key, { metric, unit, service, instance, attributes, value, count });
        }
      }
    }
  };

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const text = body.toString('utf8');
    const type = String(request.headers['content-type']);
    types.add(type);
    bodies.push(text);
    const read = (message: Parameters<typeof readProtobuf>[0]) =>
      type === 'application/json' ? JSON.parse(text) : readProtobuf(message, body);
    if (request.url === '/v1/traces') takeTraces(read(tracesMessage));
    if (request.url === '/v1/metrics') takeMetrics(read(metricsMessage));
    response.writeHead(200, { 'content-type': type }).end(type === 'application/json' ? '{}' : undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    types,
    points: (metric) => [...latest.values()].filter((point) => point.metric === metric),
    metrics: () => new Set([...latest.values()].map(({ metric }) => metric)),
    text: () => bodies.join('\n'),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** `transcode run > pipeline`: each span behind those that caused it, from the nearest change of function on. */
export function spanPaths(spans: readonly ReceivedSpan[]): string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const path = (span: ReceivedSpan): string => {
    const parent = span.parentSpanId === undefined ? undefined : byId.get(span.parentSpanId);
    if (span.parentSpanId !== undefined && parent === undefined) throw new Error(`${span.name} has a parent that is not here`);
    const own = parent?.service === span.service ? shortName(span.name) : `${span.service}: ${shortName(span.name)}`;
    return parent ? `${path(parent)} > ${own}` : own;
  };
  return spans.map(path).sort();
}

/** Without what the types of all events begin with. */
export const shortName = (name: string) => name.replace(typePrefix, '').replace('com.amazonaws.s3.', '');
