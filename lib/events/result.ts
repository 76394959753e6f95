/** Result events: what became of a job. Ordered by (run, seq), never by clock. */
import { CloudEvent } from 'cloudevents';
import { Fault } from '../errors.ts';
import { firstIssue } from './requested.ts';
import { resultSchemas, schemaUri } from './schemas.ts';
import { currentTraceparent } from './trace.ts';
import { type ResultData, type ResultKind, typePrefix } from './types.ts';

export interface ResultOptions {
  job: string;
  /** ULID of the execution. */
  run: string;
  /** From 0, one more for each event of the run. */
  seq: number;
  /** The event that asked for the work. */
  cause: CloudEvent<unknown>;
  source?: string;
}

export function resultEvent<K extends ResultKind>(kind: K, data: ResultData[K], options: ResultOptions): CloudEvent<unknown> {
  const { job, run, seq, cause, source = '/transcode' } = options;
  return new CloudEvent<unknown>({
    id: `${run}.${seq}`,
    type: `${typePrefix}${kind}`,
    source,
    subject: job,
    datacontenttype: 'application/json',
    dataschema: schemaUri(kind),
    data,
    correlationid: String(cause.correlationid ?? cause.id),
    causationid: cause.id,
    traceparent: currentTraceparent(cause.traceparent),
  });
}

export type Result = { [K in ResultKind]: { kind: K; data: ResultData[K]; run: string; seq: number; time: string } }[ResultKind];

/**
 * The result in `event`; undefined where its type is no result's.
 *
 * @throws Fault EVENT_MALFORMED
 */
export function readResult(event: CloudEvent<unknown>): Result | undefined {
  const kind = event.type.startsWith(typePrefix) ? event.type.slice(typePrefix.length) : '';
  if (!Object.hasOwn(resultSchemas, kind)) return undefined;
  const parsed = resultSchemas[kind as ResultKind].safeParse(event.data);
  if (!parsed.success) throw new Fault('EVENT_MALFORMED', { cause: firstIssue(parsed.error) }, { cause: parsed.error });
  const [run, seq] = [parsed.data.run, Number(event.id.slice(parsed.data.run.length + 1))];
  if (event.id !== `${run}.${seq}` || !Number.isSafeInteger(seq)) {
    throw new Fault('EVENT_MALFORMED', { cause: `the id of a result is <run>.<seq>, not ${event.id.slice(0, 80)}` });
  }
  return { kind, data: parsed.data, run, seq, time: event.time ?? new Date().toISOString() } as Result;
}
