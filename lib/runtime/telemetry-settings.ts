/** Settings of telemetry, the same in every function; their names are those of OpenTelemetry. */
import { choice, decimal, flag, httpUrl, integer, list, text } from './setting-kinds.ts';

export const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** gRPC is left out: it would make each start slower, and whoever takes it takes these too. */
const protocols = ['http/protobuf', 'http/json'] as const;
const exporters = ['otlp', 'none'] as const;

export const telemetrySettings = {
  endpoint: httpUrl({
    env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    about:
      'Collector that traces and metrics are sent to, by OTLP over HTTP (port 4318 as a rule); `/v1/traces` and `/v1/metrics` are added.',
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
  protocol: choice({
    env: 'OTEL_EXPORTER_OTLP_PROTOCOL',
    about: 'How they are encoded. There is no `grpc`: a collector that takes it at port 4317 takes HTTP at 4318.',
    values: protocols,
    fallback: 'http/protobuf',
  }),
  tracesProtocol: choice({
    env: 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
    about: 'The same, for traces only.',
    values: protocols,
    optional: true,
  }),
  metricsProtocol: choice({
    env: 'OTEL_EXPORTER_OTLP_METRICS_PROTOCOL',
    about: 'The same, for metrics only.',
    values: protocols,
    optional: true,
  }),
  headers: list({
    env: 'OTEL_EXPORTER_OTLP_HEADERS',
    about:
      'Headers of each sending, percent-encoded, such as `authorization=Bearer%20…`; those of one kind too, as `OTEL_EXPORTER_OTLP_TRACES_HEADERS`.',
    optional: true,
    secret: true,
  }),
  compression: choice({
    env: 'OTEL_EXPORTER_OTLP_COMPRESSION',
    about: 'Whether what is sent is compressed.',
    values: ['none', 'gzip'],
    fallback: 'none',
  }),
  sendTimeout: integer({
    env: 'OTEL_EXPORTER_OTLP_TIMEOUT',
    about: 'How long one sending may take, tries that failed included.',
    unit: 'ms',
    min: 1,
    max: 3_600_000,
    fallback: '10000',
  }),
  certificate: text({
    env: 'OTEL_EXPORTER_OTLP_CERTIFICATE',
    about: 'PEM file with the authority that signed the certificate of the collector.',
    optional: true,
  }),
  tracesExporter: choice({
    env: 'OTEL_TRACES_EXPORTER',
    about: '`none`: no traces, whatever the endpoint.',
    values: exporters,
    fallback: 'otlp',
  }),
  metricsExporter: choice({
    env: 'OTEL_METRICS_EXPORTER',
    about: '`none`: no metrics, whatever the endpoint.',
    values: exporters,
    fallback: 'otlp',
  }),
  disabled: flag({ env: 'OTEL_SDK_DISABLED', about: 'Telemetry is off, whatever else is set.', fallback: 'false' }),
  serviceName: text({
    env: 'OTEL_SERVICE_NAME',
    about:
      'Name under which the function appears; unset: its own. Set it for one function only: all that have one name look like one.',
    optional: true,
  }),
  resource: text({
    env: 'OTEL_RESOURCE_ATTRIBUTES',
    about: 'What tells this installation from others, such as `deployment.environment.name=staging,service.namespace=media`.',
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
  temporality: choice({
    env: 'OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE',
    about: 'Whether counts go on from the start of the process, or begin anew with each sending.',
    values: ['cumulative', 'delta', 'lowmemory'],
    fallback: 'cumulative',
  }),
} as const;
