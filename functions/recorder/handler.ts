/** Keeps the record of every job: result events, and at a path of their own the dead letters, become Job records. */
import type { CloudEvent } from 'cloudevents';
import type { Logger } from 'pino';
import { isRequest, parseRequest, readResult } from '../../lib/events/index.ts';
import { applyDeadLetter, applyResult, type JobRecord, type JobStore } from '../../lib/jobs/index.ts';
import { type Handler, meter } from '../../lib/runtime/index.ts';

export interface RecorderDeps {
  jobs: Pick<JobStore, 'update'>;
  now: () => Date;
}

/** Where dead letters are sent: some carry no attribute that would tell them apart. */
const deadLetterPath = /^\/dead(\/|\?|$)/;

export function createHandler({ jobs, now }: RecorderDeps): Handler {
  const ended = meter().createCounter('gst.jobs', { description: 'Jobs by the outcome of their runs' });
  const stages = meter().createHistogram('gst.run.stage.duration', { unit: 's', description: 'Time of finished runs by stage' });
  const deadLetters = meter().createCounter('gst.dead_letters', { description: 'Events that the Broker gave up, by type' });

  async function recordResult(event: CloudEvent<unknown>, log: Logger): Promise<void> {
    const result = readResult(event);
    if (result === undefined) return log.debug('no result: passed over');
    const { job, about, kind, run, seq } = result;
    const { before, after } = await jobs.update(about.transform.namespace, job, (known) => applyResult(known, result));
    if (after === before) return log.debug({ job, kind, run, seq }, 'late or repeated: nothing changes');
    log.info({ job, kind, run, state: after?.status?.state }, 'recorded');
    if (kind === 'started' || kind === 'progress') return;
    ended.add(1, { outcome: kind === 'succeeded' && result.data.reused ? 'reused' : kind });
    if (kind !== 'succeeded') return;
    for (const [stage, seconds] of Object.entries(result.data.timings ?? {})) stages.record(seconds, { stage });
  }

  async function recordDeadLetter(event: CloudEvent<unknown>, log: Logger): Promise<void> {
    const answer = answerOf(event);
    deadLetters.add(1, { type: event.type });
    if (!isRequest(event)) {
      // nothing was asked for yet, so there is no job: the sweep finds the object
      log.error({ answer, source: event.source, subject: event.subject }, 'the Broker gave an event up');
      return;
    }
    const request = readRequest(event, log);
    if (request === undefined) return;
    const { job, transform } = request;
    const letter = { id: event.id, request, answer, time: now().toISOString() };
    const { before, after } = await jobs.update(transform.namespace, job, (known) => applyDeadLetter(known, letter));
    log.warn({ job, answer, ...standing(after), changed: after !== before }, 'the Broker gave a request up');
  }

  return (event, { path, log }) => (deadLetterPath.test(path) ? recordDeadLetter(event, log) : recordResult(event, log));
}

/** What cannot be read now never could: it is logged, and not sent round again. */
function readRequest(event: CloudEvent<unknown>, log: Logger) {
  try {
    return parseRequest(event);
  } catch (error) {
    log.error({ err: error, source: event.source, subject: event.subject }, 'the Broker gave up a request that cannot be read');
    return undefined;
  }
}

/** `knativeerrorcode`: a number, or its digits; -1, or nothing, where there was no answer. */
function answerOf(event: CloudEvent<unknown>): number | undefined {
  const code = Number(event.knativeerrorcode);
  return Number.isInteger(code) && code >= 100 && code <= 599 ? code : undefined;
}

function standing(job: JobRecord | undefined) {
  return { state: job?.status?.state, nextRequestTime: job?.status?.nextRequestTime };
}
