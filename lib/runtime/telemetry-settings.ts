/** Settings of telemetry, the same in every function; their names are those of OpenTelemetry. */
import { choice, decimal, flag, httpUrl, integer, text } from './setting-kinds.ts';

export const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

export const telemetrySettings = {
  endpoint: httpUrl({
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    about: 'Collector that traces and metrics are sent to, by OTLP over HTTP as JSON; `/v1/traces` and `/v1/metrics` are added.',
    optional: true,
  }),
  tracesEndpoint: httpUrl({
    env: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    about: 'Where traces are sent, in place of it: the whole address.',
    optional: true,
  }),
  metricsEndpoint: httpUrl({
    env: 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
    about: 'Where metrics are sent, in place of it: the whole address.',
    optional: true,
  }),
  disabled: flag({ env: 'OTEL_SDK_DISABLED', about: 'Telemetry is off, whatever else is set.', fallback: 'false' }),
  serviceName: text({
    env: 'OTEL_SERVICE_NAME',
    about: 'Name under which the function appears; unset: its own.',
    optional: true,
  }),
  sampler: choice({
    env: 'OTEL_TRACES_SAMPLER',
    about: 'Which traces are kept. Those `parentbased` keep what the first function of a trace has kept.',
    values: samplers,
    fallback: 'parentbased_always_on',
  }),
  samplerRatio: decimal({
    env: 'OTEL_TRACES_SAMPLER_ARG',
    about: 'Share of traces that the samplers by ratio keep.',
    min: 0,
    max: 1,
    fallback: '1',
  }),
  spanDelay: integer({
    env: 'OTEL_BSP_SCHEDULE_DELAY',
    about: 'Time between two sendings of spans.',
    unit: 'ms',
    min: 1,
    max: 3_600_000,
    fallback: '5000',
  }),
  metricInterval: integer({
    env: 'OTEL_METRIC_EXPORT_INTERVAL',
    about: 'Time between two sendings of metrics.',
    unit: 'ms',
    min: 1,
    max: 3_600_000,
    fallback: '60000',
  }),
} as const;
