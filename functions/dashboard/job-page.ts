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
  traceId?: string;
  traceUrl?: string;
  logUrl?: string;
}

export function jobPage(job: JobObject, { traceUrl, logUrl }: { traceUrl?: string; logUrl?: string }): JobPage {
  const { spec, status = {} } = job;
  const { traceId } = status;
  const { name: key, config, etag, size, contentType, versionId } = spec.src;
  return {
    row: jobRow(job),
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
    traceId,
    traceUrl: traceId === undefined ? undefined : traceUrl?.replaceAll('{traceId}', encodeURIComponent(traceId)),
    logUrl: logUrl?.replaceAll('{job}', encodeURIComponent(job.metadata.name)),
  };
}

/** A record of before there was a history knows its newest run. */
function newestRun({ run, state, reason, startTime, completionTime, error }: JobStatus): JobPage['runs'] {
  if (run === undefined) return [];
  const ended = state === 'Pending' || state === undefined ? 'Retrying' : state;
  return [{ run, state: ended, reason, startTime, completionTime, error: error && { code: error.code, message: error.message } }];
}
