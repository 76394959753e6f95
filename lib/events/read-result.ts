/** Reads a result event. */
import type { CloudEvent } from 'cloudevents';
import { Fault } from '../errors.ts';
import { parseData } from './parse-data.ts';
import { resultSchemas, runFactsSchema } from './result-schemas.ts';
import { traceOf } from './trace.ts';
import { type ResultData, type ResultKind, type RunFacts, typePrefix } from './types.ts';

interface ResultBase {
  job: string;
  run: string;
  seq: number;
  /** RFC 3339. */
  time: string;
  /** Id of the event that asked for the work. */
  request: string;
  about: RunFacts;
  /** Trace that the run is part of, as 32 hexadecimal digits. */
  traceId?: string;
}
export type Result = { [K in ResultKind]: ResultBase & { kind: K; data: ResultData[K] } }[ResultKind];

/**
 * The result in `event`; undefined where its type is no result's.
 *
 * @throws Fault EVENT_MALFORMED
 */
export function readResult(event: CloudEvent<unknown>): Result | undefined {
  const kind = event.type.startsWith(typePrefix) ? event.type.slice(typePrefix.length) : '';
  if (!Object.hasOwn(resultSchemas, kind)) return undefined;
  const data = parseData<ResultData[ResultKind]>(resultSchemas[kind as ResultKind], event.data);
  const { job, run } = data;
  const seq = Number(event.id.slice(run.length + 1));
  if (event.id !== `${run}.${seq}` || !Number.isSafeInteger(seq)) {
    throw new Fault('EVENT_MALFORMED', { cause: `the id of a result is <run>.<seq>, not ${event.id.slice(0, 80)}` });
  }
  // a leap second is a time, though Date knows none
  const millis = Date.parse(event.time ?? '');
  const time = new Date(Number.isNaN(millis) ? Date.now() : millis).toISOString();
  const request = String(event.causationid ?? job);
  const about = parseData(runFactsSchema, data);
  const traceId = traceOf(event)?.traceId;
  return { kind, data, about, job, run, seq, time, request, traceId } as Result;
}
