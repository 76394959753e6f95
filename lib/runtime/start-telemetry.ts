/** Where telemetry begins and ends: the SDK is loaded only where it is wanted. */
import { keepSecret } from '../telemetry/index.ts';
import { commonSettings } from './common-settings.ts';
import { readSettings } from './settings.ts';
import { telemetrySettings } from './telemetry-settings.ts';

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
  const [{ startSdk }, { createLog }] = await Promise.all([import('./telemetry-sdk.ts'), import('./log.ts')]);
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
