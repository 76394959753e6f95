/** Result events: what became of a job. Ordered by (run, seq), never by clock. */
import { CloudEvent } from 'cloudevents';
import { Fault } from '../errors.ts';
import { parseData } from './parse-data.ts';
import { isRequest } from './requested.ts';
import { resultSchemas, runFactsSchema, schemaUri } from './schemas.ts';
import { currentTrace, traceOf } from './trace.ts';
import { type Endpoint, type ObjectRef, type ResultData, type ResultKind, type RunFacts, typePrefix } from './types.ts';

export interface ResultOptions {
  job: string;
  /** ULID of the execution. */
  run: string;
  /** From 0, one more for each event of the run. */
  seq: number;
  /** The event that asked for the work. */
  cause: CloudEvent<unknown>;
  /** What the run is about; that of `cause` where it is a request. */
  about?: RunFacts;
  source?: string;
}

/** @throws TypeError where nothing tells what the run is about */
export function resultEvent<K extends ResultKind>(kind: K, data: ResultData[K], options: ResultOptions): CloudEvent<unknown> {
  const {
    job,
    run,
    seq,
    cause,
    about = isRequest(cause) ? (cause.data as RunFacts) : undefined,
    source = '/transcode',
  } = options;
  if (about === undefined) throw new TypeError('a result whose cause is no request must be told what it is about');
  return new CloudEvent<unknown>({
    id: `${run}.${seq}`,
    type: `${typePrefix}${kind}`,
    source,
    subject: job,
    datacontenttype: 'application/json',
    dataschema: schemaUri(kind),
    data: { ...data, ...factsOf(about) },
    correlationid: String(cause.correlationid ?? cause.id),
    causationid: cause.id,
    ...currentTrace(cause),
  });
}

/** The part of a request, or of anything that has these fields, that results carry. */
export function factsOf({ transform, source, sinks }: RunFacts): RunFacts {
  const { bucket, key, etag, size, versionId, contentType, eventTime } = source;
  return {
    transform,
    source: { ...placeOf(source), bucket, key, etag, size, versionId, contentType, eventTime },
    sinks: sinks.map((sink) => ({ name: sink.name, ...placeOf(sink) })),
  };
}

function placeOf({ endpoint, bucket, key }: ObjectRef): ObjectRef {
  const { ca: _, ...reach }: Endpoint = endpoint;
  return { endpoint: reach, bucket, key };
}

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
  const time = new Date(event.time ?? Date.now()).toISOString();
  const request = String(event.causationid ?? job);
  const about = runFactsSchema.parse(data);
  const traceId = traceOf(event)?.traceId;
  return { kind, data, about, job, run, seq, time, request, traceId } as Result;
}
