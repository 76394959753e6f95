/**
 * What is said of an object for which no request can be made: its key gives no output key, or the request would be too
 * large. No pod is woken to find that out; the user reads it in the Job all the same.
 */
import type { CloudEvent } from 'cloudevents';
import type { Fault } from '../errors.ts';
import { jobId, resultEvent } from '../events/index.ts';
import type { RunFacts, SourceObject } from '../events/types.ts';
import { outputKey, type ResolvedTransform } from '../transform/index.ts';

export interface Refusal {
  transform: ResolvedTransform;
  source: SourceObject;
  fault: Fault;
  /** ULID of the run that did not take place. */
  run: string;
  /** The event that told of the object. */
  cause: CloudEvent<unknown>;
  /** The function that says it. */
  by: 'dispatcher' | 'reconciler';
}

/** `failed`, as transcode would post it. */
export function refusedEvent({ transform, source, fault, run, cause, by }: Refusal): CloudEvent<unknown> {
  const job = jobId(transform, source);
  const { code, class: faultClass, message, remedy } = fault;
  const about: RunFacts = { transform: transform.ref, source, sinks: sinksOf(transform, source) };
  const error = { code, class: faultClass, message, remedy };
  return resultEvent('failed', { job, run, error }, { job, run, seq: 0, cause, about, source: `/${by}` });
}

/** Those whose key can be told. */
function sinksOf({ sinks }: ResolvedTransform, source: SourceObject): RunFacts['sinks'] {
  return sinks.flatMap((sink) => {
    try {
      return [{ name: sink.name, endpoint: sink.endpoint, bucket: sink.bucket, key: outputKey(sink, source) }];
    } catch {
      return [];
    }
  });
}
