/** Everything that a record says of one job, for its own page. */
import type { JobStatus } from '../../lib/transform/schema/job.ts';
import type { JobObject } from './feed.ts';
import { type JobRow, jobRow } from './rows.ts';

export interface JobPage {
  row: JobRow;
  source: { bucket?: string; key: string; etag?: string; size?: number; contentType?: string; versionId?: string };
  outputs: Array<{ name?: string; bucket?: string; key: string; size?: number; contentType?: string; etag?: string }>;
  runs: NonNullable<JobStatus['history']>;
  media?: JobStatus['media'];
  skippedStreams: string[];
  /** Seconds of the newest run by stage. */
  timings?: JobStatus['timings'];
  traceId?: string;
  traceUrl?: string;
  logUrl?: string;
  /** Whether log lines are kept here. */
  hasLog: boolean;
}

/** Addresses of pages beside this one, with places in braces. */
export interface Links {
  traceUrl?: string;
  logUrl?: string;
}

export function jobPage(job: JobObject, { traceUrl, logUrl }: Links, hasLog: boolean): JobPage {
  const { metadata, spec, status = {} } = job;
  const { traceId, run, timings } = status;
  const row = jobRow(job);
  const { name: key, config, etag, size, contentType, versionId } = spec.src;
  return {
    row,
    source: { bucket: config?.minio?.bucket, key, etag, size, contentType, versionId },
    outputs: spec.sinks.map((sink) => ({
      name: sink.streamType,
      bucket: sink.config?.minio?.bucket,
      key: sink.name,
      size: sink.size,
      contentType: sink.contentType,
      etag: sink.etag,
    })),
    runs: status.history ?? newestRun(status),
    media: status.media,
    skippedStreams: status.skippedStreams ?? [],
    timings,
    traceId,
    traceUrl: traceId === undefined ? undefined : filled(traceUrl, { traceId }),
    logUrl: filled(logUrl, { job: metadata.name, namespace: row.namespace, run, traceId, from: row.created, to: row.ended }),
    hasLog,
  };
}

/** `template` with values in its places; one that is not known leaves its place empty. */
function filled(template: string | undefined, values: Record<string, string | undefined>): string | undefined {
  return template?.replaceAll(/\{(\w+)\}/g, (place, name) =>
    Object.hasOwn(values, name) ? encodeURIComponent(values[name] ?? '') : place,
  );
}

/** A record of before there was a history knows its newest run. */
function newestRun({ run, state, reason, startTime, completionTime, error }: JobStatus): JobPage['runs'] {
  if (run === undefined) return [];
  const ended = state === 'Pending' || state === undefined ? 'Retrying' : state;
  return [{ run, state: ended, reason, startTime, completionTime, error: error && { code: error.code, message: error.message } }];
}
