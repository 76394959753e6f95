/** Result events: what became of a job. Ordered by (run, seq), never by clock. */
import { type CloudEvent, ownEvent } from './cloud-event.ts';
import { isRequest } from './requested.ts';
import { currentTrace } from './trace.ts';
import {
  type Endpoint,
  type ObjectRef,
  type ResultData,
  type ResultKind,
  type RunFacts,
  schemaUri,
  typePrefix,
} from './types.ts';

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
  return ownEvent<unknown>({
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
