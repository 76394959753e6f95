/**
 * What one event makes of a Job record. The record follows from the newest event of the newest run, and from the newest
 * request that the Broker gave up: so the order in which events come, and how often each comes, makes no difference.
 */
import { isDeepStrictEqual } from 'node:util';
import { decodeTime } from 'ulid';
import type { Result } from '../events/index.ts';
import type { MediaFacts, Requested, RunFacts, StoredOutput, Succeeded } from '../events/types.ts';
import { labelsOf } from './labels.ts';
import type { JobRecord, JobStatus } from './record.ts';
import { isOlder } from './request-order.ts';
import { specOf } from './spec.ts';
import { withStanding } from './standing.ts';

/** A request that the Broker delivered until its retries were used up, or until an answer was final. */
export interface DeadLetter {
  /** Id of the `requested` event. */
  id: string;
  request: Requested;
  /** HTTP status of the last answer; absent where there was none. */
  answer?: number;
  /** When the recorder got it: RFC 3339. */
  time: string;
}

/** @returns `job` itself where the event is late, repeated, or says nothing new */
export function applyResult(job: JobRecord | undefined, result: Result): JobRecord {
  if (job?.status && !isNewer(result, job.status)) return job;
  const before = job?.status ?? {};
  const { about, run, seq, kind, request } = result;
  const startTime = new Date(decodeTime(run)).toISOString();
  const news = told(result, startTime);
  const status: JobStatus = {
    run,
    seq,
    event: kind,
    request,
    runs: (before.runs ?? 0) + (run === before.run ? 0 : 1),
    history: withRun(before.history, { run, startTime, ...news }, kind),
    traceId: result.traceId,
    startTime,
    deadLetter: stillGivenUp(before.deadLetter, result),
    ...news,
  };
  const outputs = result.kind === 'succeeded' ? result.data.outputs : [];
  return changed(job, result.job, about, outputs, status);
}

/** @returns `job` itself where the dead letter is late, repeated, or of a request whose work was done all the same */
export function applyDeadLetter(job: JobRecord | undefined, letter: DeadLetter): JobRecord {
  const { id, request, answer, time } = letter;
  const before = job?.status ?? {};
  const known = before.deadLetter;
  const done = before.request === id && (before.event === 'succeeded' || before.event === 'skipped');
  if (job && (done || isOlder(id, before.request) || (known && !isOlder(known.request, id)))) return job;
  const deadLetter = { request: id, answer, permanent: isPermanent(answer), time, times: (known?.times ?? 0) + 1 };
  return changed(job, request.job, request, [], { ...before, deadLetter }, job?.spec);
}

/** The record of work that was asked for. Where there is one already, what it tells counts more: see JobStore.create. */
export function requestedRecord(request: Requested): JobRecord {
  return changed(undefined, request.job, request, [], {});
}

/** What the Broker itself does not try again; all the rest is for want of something: a pod, time, the storage. */
function isPermanent(answer: number | undefined): boolean {
  return answer !== undefined && answer >= 300 && answer < 500 && ![404, 408, 409, 429].includes(answer);
}

function isNewer({ run, seq }: Result, status: JobStatus): boolean {
  if (status.run === undefined) return true;
  return run > status.run || (run === status.run && seq > (status.seq ?? -1));
}

/** An end of the work ends the count, but for the request that was given up for this very end. */
function stillGivenUp(letter: JobStatus['deadLetter'], { kind, request }: Result): JobStatus['deadLetter'] {
  if (letter === undefined || isOlder(request, letter.request)) return letter;
  if (kind === 'succeeded' || kind === 'skipped') return undefined;
  return kind === 'failed' && letter.request !== request ? undefined : letter;
}

/** Runs that are kept in the history of a job. */
const longestHistory = 10;

const runStates = {
  started: 'InProgress',
  progress: 'InProgress',
  retrying: 'Retrying',
  succeeded: 'Finished',
  skipped: 'Finished',
  failed: 'Failed',
} as const satisfies Record<Result['kind'], string>;

function withRun(
  history: JobStatus['history'] = [],
  news: JobStatus & { run: string },
  kind: Result['kind'],
): JobStatus['history'] {
  const { run, startTime, completionTime, reason, error } = news;
  const entry = {
    run,
    state: runStates[kind],
    reason,
    startTime,
    completionTime,
    error: error && { code: error.code, message: error.message },
  };
  return [...history.filter((other) => other.run !== run), entry].slice(-longestHistory);
}

/** Without tags: they are of any size. */
function mediaOf(media: Succeeded['media']): JobStatus['media'] {
  if (media === undefined) return undefined;
  const plain = ({ container, duration, streams }: MediaFacts) => ({ container, duration, streams });
  const { input, outputs = {} } = media;
  return {
    input: input && plain(input),
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, facts]) => [name, plain(facts)])),
  };
}

/** What the newest event itself tells. */
function told(result: Result, startTime: string): JobStatus {
  if (result.kind === 'started') return {};
  if (result.kind === 'progress') {
    const { position, duration, percent, speed, bytesIn, bytesOut } = result.data;
    return { progress: { position, duration, percent, speed, bytesIn, bytesOut } };
  }
  const elapsed = Math.max(0, Date.parse(result.time) - Date.parse(startTime)) / 1000;
  const end = { completionTime: result.time, seconds: elapsed };
  if (result.kind === 'skipped') return { ...end, reason: result.data.reason };
  if (result.kind === 'succeeded') {
    const { reused, timings, skippedStreams } = result.data;
    return {
      ...end,
      ...(timings && { seconds: timings.total, timings }),
      ...(reused ? { reason: 'reused' } : {}),
      ...(skippedStreams.length > 0 && { skippedStreams }),
      media: mediaOf(result.data.media),
      progress: { percent: 100 },
    };
  }
  const { code, class: faultClass, message, remedy, element } = result.data.error;
  return { ...end, error: { code, class: faultClass, message: message.slice(0, longestText), remedy, element } };
}

/** Longest message that is kept, in characters. */
const longestText = 4096;

function changed(
  job: JobRecord | undefined,
  name: string,
  about: RunFacts,
  outputs: readonly StoredOutput[],
  status: JobStatus,
  spec = specOf(about, outputs),
): JobRecord {
  const metadata = job?.metadata ?? { name, namespace: about.transform.namespace, labels: labelsOf(about) };
  // members without a value are left out, as in the file or the resource that it becomes
  const next: JobRecord = JSON.parse(JSON.stringify({ ...job, metadata, spec, status: withStanding(status) }));
  return job && isDeepStrictEqual(next, job) ? job : next;
}
