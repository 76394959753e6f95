/** What the page is told of Jobs and Transforms: plain values, each small, the same over JSON and events. */
import { type FaultCode, faultTable } from '../../lib/errors.ts';
import { cancelAnnotation } from '../../lib/jobs/cancel.ts';
import type { Condition } from '../../lib/kubernetes/index.ts';
import type { Finding, Resolved, TransformResource } from '../../lib/transform/index.ts';
import type { JobObject } from './feed.ts';

export interface JobRow {
  /** `<namespace>/<name>` */
  id: string;
  name: string;
  namespace: string;
  /** `<kind>/<namespace>/<name>` */
  transform: string;
  bucket?: string;
  key: string;
  size?: number;
  state: 'Pending' | 'InProgress' | 'Finished' | 'Failed';
  reason?: string;
  /** Somebody wants it stopped, and it is not yet. */
  cancelling?: true;
  /** Seconds of media; percent from 0 to 100; speed in media seconds a second. */
  percent?: number;
  position?: number;
  duration?: number;
  speed?: number;
  bytesIn?: number;
  bytesOut?: number;
  runs?: number;
  created?: string;
  started?: string;
  ended?: string;
  nextRequest?: string;
  seconds?: number;
  error?: { code: string; message: string; remedy?: string; element?: string };
}

export interface TransformRow {
  /** `<kind>/<namespace>/<name>` */
  id: string;
  kind: string;
  name: string;
  namespace: string;
  state: 'Ready' | 'Suspended' | 'Invalid';
  from?: string;
  to: string[];
  execution?: string;
  image?: string;
  findings: Finding[];
  conditions: Condition[];
  /** Changes with the picture of the pipeline; absent where there is none. */
  picture?: string;
  /** True where pictures of moments of a run are kept. */
  moments: boolean;
}

export function jobRow({ metadata, spec, status = {} }: JobObject): JobRow {
  const namespace = metadata.namespace ?? 'default';
  const { kind, name } = spec.pipelineRef;
  const running = status.state === 'InProgress';
  const ended = status.state === 'Finished' || status.state === 'Failed';
  return {
    id: `${namespace}/${metadata.name}`,
    name: metadata.name,
    namespace,
    transform: `${kind}/${namespace}/${name}`,
    bucket: spec.src.config?.minio?.bucket,
    key: spec.src.name,
    size: spec.src.size,
    state: status.state ?? 'Pending',
    reason: status.reason,
    cancelling: !ended && metadata.annotations?.[cancelAnnotation] !== undefined ? true : undefined,
    ...(running ? status.progress : undefined),
    runs: status.runs,
    created: metadata.creationTimestamp ?? spec.src.eventTime,
    started: status.startTime,
    ended: running ? undefined : status.completionTime,
    nextRequest: status.state === 'Pending' ? status.nextRequestTime : undefined,
    seconds: status.seconds,
    error: status.error && {
      code: status.error.code,
      message: status.error.message,
      remedy: status.error.remedy ?? remedyOf(status.error.code),
      element: status.error.element,
    },
  };
}

/** The remedy of the table where the record has none; one with open places says nothing. */
function remedyOf(code: string): string | undefined {
  const remedy = faultTable[code as FaultCode]?.remedy;
  return remedy?.includes('{') ? undefined : remedy;
}

export function transformRow(resource: TransformResource, { transform, findings }: Resolved, picture?: string): TransformRow {
  const { kind, namespace, name, value } = resource;
  return {
    id: `${kind}/${namespace}/${name}`,
    kind,
    name,
    namespace,
    state: transform === undefined ? 'Invalid' : transform.suspend ? 'Suspended' : 'Ready',
    from: transform && `${transform.source.bucket}/${transform.source.prefix}`,
    to: transform?.sinks.map(({ bucket, keyTemplate }) => `${bucket}/${keyTemplate}`) ?? [],
    execution: transform?.execution,
    image: transform?.pipeline.image,
    findings,
    conditions: (value.status as { conditions?: Condition[] } | undefined)?.conditions ?? [],
    picture,
    moments: transform?.pipeline.debug?.dot !== undefined,
  };
}

export function fileRow(name: string, findings: Finding[]): TransformRow {
  return {
    id: `File/${name}`,
    kind: 'File',
    name,
    namespace: '',
    state: 'Invalid',
    to: [],
    findings,
    conditions: [],
    moments: false,
  };
}

/** When something last happened to a job, in milliseconds since 1970. */
export function lastMoment({ ended, started, created }: JobRow): number {
  return Date.parse(ended ?? started ?? created ?? '') || 0;
}
