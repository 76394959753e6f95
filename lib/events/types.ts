/** The events of this system and the shape of their data. */
import type { FaultClass, FaultCode } from '../errors.ts';
import type { Element } from '../graph/model.ts';

export const typePrefix = 'io.gst.pipelines.transform.';

/** `dataschema` of the events with this data; also the `$id` of docs/schema/events/<name>.json. */
export function schemaUri(name: string): string {
  return `urn:gst-functions:events:${name}:v1`;
}

/** Longest chain of Transforms that is followed; a longer one is taken for a loop. */
export const longestChain = 16;

export type ResultKind = 'started' | 'progress' | 'retrying' | 'succeeded' | 'failed' | 'skipped';

/** How to reach a storage server. `credentialsSecret` is a Secret's name in the Transform's namespace, never its content. */
export interface Endpoint {
  /** `host:port`, without a scheme. */
  address: string;
  tls: boolean;
  /** PEM chain, base64, to verify the server with. */
  ca?: string;
  skipVerify?: boolean;
  region: string;
  credentialsSecret: string;
}

export interface ObjectRef {
  endpoint: Endpoint;
  bucket: string;
  /** The true key: neither percent- nor form-encoded. */
  key: string;
}

/** Seconds and bytes. */
export interface Limits {
  timeout: number;
  stall: number;
  inputBytes: number;
  outputBytes: number;
}

/** As in the seed's `pipeline.debug`; `interval` in seconds. */
export interface Debug {
  logLevel?: number;
  dot?: { path: string; render?: 'png' | 'svg' | 'jpg'; timestamped?: boolean; interval: number };
}

export interface TransformRef {
  kind: 'Transform' | 'SplitTransform';
  namespace: string;
  name: string;
}

export interface SourceObject extends ObjectRef {
  /** Without quotes. */
  etag: string;
  size: number;
  versionId?: string;
  contentType?: string;
  eventTime: string;
}

export interface SinkObject extends ObjectRef {
  /** `out` where the Transform has a single sink. A key that ends in `/` takes a directory of files. */
  name: string;
  contentType?: string;
  metadata?: Record<string, string>;
  cacheControl?: string;
  overwrite: boolean;
}

/** Data of `requested`: all that transcode needs to run one graph over one object. */
export interface Requested {
  job: string;
  transform: TransformRef;
  /** `namespace/name` of the Transforms that led to this object, at most 16. */
  chain: string[];
  source: SourceObject;
  sinks: SinkObject[];
  pipeline: { elements: Element[]; onMissingStream: 'skip' | 'fail'; limits: Limits; debug?: Debug };
}

/** What is known of one stream of an input or an output. */
export interface StreamFacts {
  kind: 'video' | 'audio' | 'subtitle' | 'other';
  codec: string;
  width?: number;
  height?: number;
  /** `num/den` frames a second. */
  framerate?: string;
  channels?: number;
  /** Samples a second. */
  rate?: number;
}

export interface MediaFacts {
  container?: string;
  /** Seconds. */
  duration?: number;
  streams: StreamFacts[];
  tags?: Record<string, string>;
}

/** Seconds spent in each stage of a run. */
export interface Timings {
  queue?: number;
  prepare?: number;
  pipeline?: number;
  upload?: number;
  total: number;
}

export interface StoredOutput {
  name: string;
  bucket: string;
  key: string;
  etag: string;
  size: number;
  contentType: string;
}

export interface FaultData {
  code: FaultCode;
  class: FaultClass;
  message: string;
  remedy: string;
  element?: string;
  debug?: string;
}

/**
 * What a run is about. Every result carries it, so that each of them is enough for a record: they may come in any order,
 * and some never do. Certificates (`ca`) are left out.
 */
export interface RunFacts {
  transform: TransformRef;
  source: SourceObject;
  sinks: Array<ObjectRef & { name: string }>;
}

export interface Started {
  job: string;
  run: string;
  transform: TransformRef;
  source: { bucket: string; key: string; etag: string; size: number };
  sinks: Array<{ name: string; bucket: string; key: string }>;
}
/** `position`, `duration` in seconds; `speed` in media seconds a second; `percent` from 0 to 100. */
export interface Progress {
  job: string;
  run: string;
  position: number;
  duration?: number;
  percent?: number;
  speed?: number;
  bytesIn: number;
  bytesOut: number;
}
export interface Succeeded {
  job: string;
  run: string;
  outputs: StoredOutput[];
  media?: { input?: MediaFacts; outputs?: Record<string, MediaFacts> };
  timings?: Timings;
  /** Branches that were cut because the input lacks their stream, each named by its first element. */
  skippedStreams: string[];
  /** True where a finished output was found and no work was done. */
  reused: boolean;
}
export interface Failed {
  job: string;
  run: string;
  error: FaultData;
}
export interface Skipped {
  job: string;
  run: string;
  reason: 'superseded' | 'gone' | 'loop' | 'cancelled';
  message: string;
}
export interface ResultData {
  started: Started;
  progress: Progress;
  retrying: Failed;
  succeeded: Succeeded;
  failed: Failed;
  skipped: Skipped;
}

/** One record of a notification: what happened to which object. */
export interface ObjectEvent {
  /** Such as `ObjectCreated:Put`, without `s3:`. */
  eventName: string;
  bucket: string;
  /** The true key: neither percent- nor form-encoded. */
  key: string;
  /** Without quotes. */
  etag?: string;
  size: number;
  versionId?: string;
  contentType?: string;
  /** RFC 3339. */
  eventTime: string;
  sequencer?: string;
  region: string;
  /** `x-amz-meta-*` in lower case and without that prefix. */
  userMetadata: Record<string, string>;
  /** Address under which Transforms know the server, where the event tells. */
  endpoint?: string;
}
