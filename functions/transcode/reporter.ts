/** Posts the result events of one run, in order, and keeps progress from being chatty. */
import type { CloudEvent } from 'cloudevents';
import type { Logger } from 'pino';
import { clock } from '../../lib/clock.ts';
import { resultEvent } from '../../lib/events/index.ts';
import type { ResultData, ResultKind } from '../../lib/events/types.ts';
import type { RunProgress } from '../../lib/gst/types.ts';
import type { Publish } from '../../lib/runtime/types.ts';

export interface ReporterOptions {
  job: string;
  run: string;
  /** The `requested` event: parent of all that is posted. */
  cause: CloudEvent<unknown>;
  publish: Publish;
  log: Logger;
  /** Least time between two progress events, in milliseconds. */
  progressInterval: number;
}

export interface Reporter {
  /** Posts what must arrive: rejects with PUBLISH_FAILED. */
  post<K extends ResultKind>(kind: K, data: ResultData[K]): Promise<void>;
  /** Posts what is good to know; a failure is logged and costs nothing. */
  tell<K extends ResultKind>(kind: K, data: ResultData[K]): void;
  progress(progress: RunProgress): void;
  /** Resolves when all that was told has been posted or has failed. */
  settled(): Promise<void>;
}

/** Smallest step between two progress events, in percent of the duration. */
const leastStep = 1;

export function createReporter({ job, run, cause, publish, log, progressInterval }: ReporterOptions): Reporter {
  let seq = 0;
  // a number is given when an event is made, so events sort by it however long each takes to post
  const make = <K extends ResultKind>(kind: K, data: ResultData[K]) => resultEvent(kind, data, { run, seq: seq++, job, cause });
  const told = new Set<Promise<void>>();
  let lastAt = Number.NEGATIVE_INFINITY;
  let lastPercent = 0;

  const reporter: Reporter = {
    post: (kind, data) => publish(make(kind, data)),
    tell(kind, data) {
      const posting = publish(make(kind, data))
        .catch((error: unknown) => log.warn({ err: error, kind }, 'event not posted'))
        .finally(() => told.delete(posting));
      told.add(posting);
    },
    progress({ position, duration, speed, bytesIn, bytesOut }) {
      const percent = duration ? Math.min(100, (position / duration) * 100) : undefined;
      const now = clock();
      if (now - lastAt < progressInterval) return;
      if (percent !== undefined && percent - lastPercent < leastStep) return;
      lastAt = now;
      lastPercent = percent ?? 0;
      reporter.tell('progress', { job, run, position, duration, percent, speed, bytesIn, bytesOut });
    },
    async settled() {
      await Promise.all(told);
    },
  };
  return reporter;
}
