/** What the SDK complains of, such as a collector that does not answer, as lines of the log. */
import type { DiagLogger } from '@opentelemetry/api';
import type { Logger } from 'pino';

/** Different complaints that are told; a process that has more has told enough. */
const most = 20;

/** Tells each complaint once: the SDK repeats it with every sending. */
export function complaints(log: Pick<Logger, 'warn'>): DiagLogger {
  const told = new Set<string>();
  const tell = (...said: unknown[]) => {
    const cause = said.map(sentence).join(' ');
    if (told.has(cause) || told.size >= most) return;
    told.add(cause);
    log.warn({ cause, remedy }, 'telemetry is in trouble');
  };
  const silent = () => {};
  return { error: tell, warn: tell, info: silent, debug: silent, verbose: silent };
}

const remedy =
  'Check OTEL_EXPORTER_OTLP_ENDPOINT: it names a collector that takes OTLP over HTTP, at port 4318 as a rule, not gRPC at 4317.';

/** The SDK gives its errors as JSON, or as text, with a stack. */
function sentence(said: unknown): string {
  try {
    const { message, code, cause } = JSON.parse(String(said)) as Record<string, unknown>;
    return [message, code, cause].filter(Boolean).join(', ') || String(said);
  } catch {
    return String(said).split('\n', 1)[0] as string;
  }
}
