/** Result events of a run, as transcode posts them. */
import type { CloudEvent } from 'cloudevents';
import { ulid } from 'ulid';
import { type Result, readResult, resultEvent } from '../../lib/events/index.ts';
import type { FaultData, Requested, ResultData, ResultKind } from '../../lib/events/types.ts';
import { requestedData, requestedEvent } from './requests.ts';

export const minio = { address: 'minio.example:9000', tls: false, region: 'us-east-1', credentialsSecret: 'minio', ca: 'UEVN' };

export const request: Requested = requestedData({
  endpoint: minio,
  source: { bucket: 'media', key: 'drop/a b.mkv', etag: 'e1', size: 9 },
  sinks: { out: 'media/mp4/a b.mp4' },
  elements: [{ name: 'decodebin' }],
});
const { job } = request;

/** The later, the greater. */
export const runAt = (minute: number): string => ulid(Date.UTC(2026, 2, 4, 5, minute));

export const fault = (change: Partial<FaultData> = {}): FaultData => ({
  code: 'MEDIA_CORRUPT',
  class: 'permanent',
  message: 'The input cannot be read by qtdemux: no moov',
  remedy: 'Check that the file plays.',
  element: 'qtdemux',
  ...change,
});

type Data = { [K in ResultKind]: Omit<ResultData[K], 'job' | 'run'> };
const samples: Data = {
  started: { transform: request.transform, source: request.source, sinks: request.sinks },
  progress: { position: 2, duration: 10, percent: 20, speed: 2, bytesIn: 5, bytesOut: 3 },
  retrying: { error: fault({ code: 'STORAGE_UNREACHED', class: 'transient' }) },
  succeeded: {
    outputs: [{ name: 'out', bucket: 'media', key: 'mp4/a b.mp4', etag: 'o1', size: 7, contentType: 'video/mp4' }],
    media: { input: { container: 'matroska', duration: 10, streams: [{ kind: 'video', codec: 'h264' }], tags: { title: 'x' } } },
    timings: { prepare: 0.5, pipeline: 2, upload: 0.5, total: 3 },
    skippedStreams: [],
    reused: false,
  },
  failed: { error: fault() },
  skipped: { reason: 'superseded', message: 'The object was replaced by a newer one.' },
};

export interface ResultFields {
  run: string;
  seq: number;
  /** Id of the request. */
  asked?: string;
  // biome-ignore lint/suspicious/noExplicitAny: part of the data of any kind
  data?: any;
}

export function posted(kind: ResultKind, { run, seq, asked = job, data = {} }: ResultFields): CloudEvent<unknown> {
  const event = resultEvent(
    kind,
    { ...samples[kind], job, run, ...data },
    { job, run, seq, cause: requestedEvent(request, { id: asked }) },
  );
  return event.cloneWith({ time: new Date(Date.UTC(2026, 2, 4, 6, 0, seq)).toISOString() }) as CloudEvent<unknown>;
}

export function result(kind: ResultKind, fields: ResultFields): Result {
  const read = readResult(posted(kind, fields));
  if (read === undefined) throw new Error(`${kind} is no result`);
  return read;
}
