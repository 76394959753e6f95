/** The OpenTelemetry SDK, sending traces and metrics by OTLP over HTTP. Imported only where it is wanted. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, type ContextManager, context, DiagLogLevel, diag, metrics, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import {
  defaultResource,
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import { complaints } from './telemetry-complaints.ts';

export interface SdkOptions {
  /** Name of the function. */
  function: string;
  /** What it shall be called instead. */
  service?: string | undefined;
  /** By which protocol they are sent (`http/protobuf`, `http/json`); undefined: none are. */
  traces: string | undefined;
  metrics: string | undefined;
  /** By the names of OTEL_TRACES_SAMPLER. */
  sampler: string;
  /** From 0 to 1. */
  samplerRatio: number;
  /** Between two sendings of spans, in milliseconds. */
  spanDelay: number;
  /** Between two sendings of metrics, in milliseconds. */
  metricInterval: number;
  /** Told what cannot be sent. */
  log: Logger;
}

/** How long what is left may take to be sent at the end, in milliseconds. */
const lastSending = 3_000;

/** The exporters read OTEL_EXPORTER_OTLP_* themselves. Returns what sends the rest and turns it off. */
export async function startSdk(options: SdkOptions): Promise<() => Promise<void>> {
  diag.setLogger(complaints(options.log), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const resource = resourceOf(options);
  const [spanExporter, metricExporter] = await Promise.all([
    options.traces === undefined ? undefined : spanExporterOf(options.traces),
    options.metrics === undefined ? undefined : metricExporterOf(options.metrics),
  ]);
  const ends: Array<() => Promise<void>> = [];
  if (spanExporter) {
    const exporter = spanExporter;
    const spanProcessors = [new BatchSpanProcessor({ exporter, scheduledDelayMillis: options.spanDelay })];
    const provider = new TracerProvider({ resource, spanProcessors, sampler: samplerOf(options) });
    context.setGlobalContextManager(asyncContextManager());
    trace.setGlobalTracerProvider(provider);
    ends.push(() => provider.shutdown());
  }
  if (metricExporter) {
    const { metricInterval: exportIntervalMillis } = options;
    const exportTimeoutMillis = Math.min(exportIntervalMillis, 30_000);
    const reader = new PeriodicExportingMetricReader({
      exporter: metricExporter,
      exportIntervalMillis,
      exportTimeoutMillis,
    });
    const provider = new MeterProvider({ resource, readers: [reader] });
    metrics.setGlobalMeterProvider(provider);
    ends.push(() => provider.shutdown());
  }
  return async () => {
    // what cannot be sent at the end must not hold up the end
    const sent = Promise.allSettled(ends.map((end) => end()));
    const limit = Promise.withResolvers<void>();
    const timer = setTimeout(limit.resolve, lastSending);
    await Promise.race([sent, limit.promise]);
    clearTimeout(timer);
    trace.disable();
    metrics.disable();
    context.disable();
    diag.disable();
  };
}

/** Two pods of one function must not overwrite each other's counts, so each process has an id. */
function resourceOf({ function: name, service }: SdkOptions): Resource {
  const given = detectResources({ detectors: [serviceInstanceIdDetector, envDetector] });
  const named = resourceFromAttributes(service === undefined ? {} : { 'service.name': service });
  return defaultResource()
    .merge(resourceFromAttributes({ 'service.name': name }))
    .merge(given)
    .merge(named);
}

/** Only the encoder that is asked for is loaded. */
async function spanExporterOf(protocol: string): Promise<SpanExporter> {
  const { OTLPTraceExporter } = await (protocol === 'http/json'
    ? import('@opentelemetry/exporter-trace-otlp-http')
    : import('@opentelemetry/exporter-trace-otlp-proto'));
  return new OTLPTraceExporter();
}

async function metricExporterOf(protocol: string): Promise<PushMetricExporter> {
  const { OTLPMetricExporter } = await (protocol === 'http/json'
    ? import('@opentelemetry/exporter-metrics-otlp-http')
    : import('@opentelemetry/exporter-metrics-otlp-proto'));
  return new OTLPMetricExporter();
}

function samplerOf({ sampler, samplerRatio }: SdkOptions): Sampler {
  const kind = sampler.replace('parentbased_', '');
  const root =
    kind === 'always_off'
      ? new AlwaysOffSampler()
      : kind === 'traceidratio'
        ? new TraceIdRatioBasedSampler(samplerRatio)
        : new AlwaysOnSampler();
  return kind === sampler ? root : new ParentBasedSampler({ root });
}

/** Carries the active span through promises and callbacks. */
export function asyncContextManager(): ContextManager {
  const storage = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, work, thisArg, ...args) => storage.run(active, () => work.call(thisArg as never, ...args)),
    bind: (active, target) =>
      typeof target === 'function'
        ? (((...args: unknown[]) => storage.run(active, () => target(...args))) as typeof target)
        : target,
    enable: () => manager,
    disable: () => {
      storage.disable();
      return manager;
    },
  };
  return manager;
}
