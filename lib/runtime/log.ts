/** Logs: JSON lines for machines, one plain line each for people on a terminal. */
import pino, { type Logger } from 'pino';
import { Fault } from '../errors.ts';
import { withoutSecrets } from '../telemetry/index.ts';
import { passOverBrokenPipe } from './broken-pipe.ts';
import { withSourcePlaces } from './source-places.ts';

export interface LogOptions {
  /** Who speaks: the function's name. */
  name: string;
  level: string;
  /** `auto` is text on a terminal. */
  format: 'auto' | 'json' | 'text' | (string & {});
  output?: NodeJS.WritableStream & { isTTY?: boolean };
}

export function createLog({ name, level, format, output = process.stdout }: LogOptions): Logger {
  if (output.listenerCount('error') === 0) passOverBrokenPipe(output);
  const text = format === 'text' || (format === 'auto' && output.isTTY === true);
  return pino(
    {
      name,
      level,
      base: { name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorFields },
    },
    {
      write(line: string) {
        const clean = withoutSecrets(line);
        output.write(text ? readableLine(clean) : clean);
      },
    },
  );
}

/** What helps to find the cause: a Fault has its code; only what nobody foresaw has a stack. */
function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  if (!(error instanceof Fault) || error.code === 'INTERNAL') {
    const cause = error.cause instanceof Error ? error.cause : error;
    return { type: cause.name, message: cause.message, stack: cause.stack && withSourcePlaces(cause.stack) };
  }
  const { code, message, remedy, element, debug } = error;
  return { code, message, remedy, element, debug };
}

const levelMarks: Record<string, string> = { trace: '·', debug: '·', info: ' ', warn: '!', error: '✗', fatal: '✗' };

/** `12:30:01.123 ! transcode  run failed  job=… code=…` */
export function readableLine(line: string): string {
  // a trace is looked up where logs are kept, not on a terminal
  const { time, level, name, msg, err, traceId: _, ...fields } = JSON.parse(line);
  const pairs = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const said = [String(time).slice(11, 23), levelMarks[level] ?? '', String(name).padEnd(10), msg ?? '', ...pairs];
  if (err) said.push(err.code ? `${err.code}: ${err.message}` : err.message);
  return `${said.join(' ')}${err?.stack ? `\n${err.stack}` : ''}\n`;
}
