/** The OpenTelemetry SDK, sending traces and metrics by OTLP over HTTP. Imported only where it is wanted. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, type ContextManager, context, metrics, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes, serviceInstanceIdDetector } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';

export interface SdkOptions {
  service: string;
  traces: boolean;
  metrics: boolean;
  /** By the names of OTEL_TRACES_SAMPLER. */
  sampler: string;
  /** From 0 to 1. */
  samplerRatio: number;
  /** Between two sendings of spans, in milliseconds. */
  spanDelay: number;
  /** Between two sendings of metrics, in milliseconds. */
  metricInterval: number;
}

/** How long what is left may take to be sent at the end, in milliseconds. */
const lastSending = 3_000;

/** The exporters read OTEL_EXPORTER_OTLP_* themselves. Returns what sends the rest and turns it off. */
export function startSdk(options: SdkOptions): () => Promise<void> {
  // two pods of one function must not overwrite each other's counts
  const own = detectResources({ detectors: [serviceInstanceIdDetector, envDetector] });
  const resource = own.merge(resourceFromAttributes({ 'service.name': options.service }));
  const ends: Array<() => Promise<void>> = [];
  if (options.traces) {
    const exporter = new OTLPTraceExporter();
    const spanProcessors = [new BatchSpanProcessor({ exporter, scheduledDelayMillis: options.spanDelay })];
    const provider = new TracerProvider({ resource, spanProcessors, sampler: samplerOf(options) });
    context.setGlobalContextManager(asyncContextManager());
    trace.setGlobalTracerProvider(provider);
    ends.push(() => provider.shutdown());
  }
  if (options.metrics) {
    const { metricInterval: exportIntervalMillis } = options;
    const exportTimeoutMillis = Math.min(exportIntervalMillis, 30_000);
    const reader = new PeriodicExportingMetricReader({
      exporter: new OTLPMetricExporter(),
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
  };
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
