/**
 * Keeps the record of every job: requests, results, and at a path of their own the dead letters, become Job records. Nobody
 * signs a result, and the signature of a request is not looked at: a record tells what was said, and nothing is run because
 * of it that its Transform would not take by itself.
 */
import type { Attributes } from '@opentelemetry/api';
import type { CloudEvent } from 'cloudevents';
import type { Logger } from 'pino';
import { isRequest, jobOf, parseRequest, readResult } from '../../lib/events/index.ts';
import type { Requested } from '../../lib/events/types.ts';
import { applyDeadLetter, applyResult, type JobRecord, type JobStore, requestedRecord } from '../../lib/jobs/index.ts';
import { isNamespaceGone } from '../../lib/kubernetes/index.ts';
import type { Handler } from '../../lib/runtime/index.ts';
import { inSpan } from '../../lib/telemetry/index.ts';
import { createTally, kindOf } from './tally.ts';

export interface RecorderDeps {
  jobs: Pick<JobStore, 'create' | 'update'>;
  now: () => Date;
}

/** Where dead letters are sent: some carry no attribute that would tell them apart. */
const deadLetterPath = /^\/dead(\/|\?|$)/;

export function createHandler({ jobs, now }: RecorderDeps): Handler {
  const tally = createTally();

  /** One write, in a span with these attributes too. Undefined where there is no place for a record any more. */
  function keep<T>(
    { job, transform: { namespace, name } }: Pick<Requested, 'job' | 'transform'>,
    attributes: Attributes,
    log: Logger,
    write: () => Promise<T>,
  ): Promise<T | undefined> {
    return inSpan(
      'record',
      { attributes: { 'gst.job': job, 'gst.transform': `${namespace}/${name}`, ...attributes } },
      async () => {
        try {
          return await write();
        } catch (error) {
          if (!isNamespaceGone(error)) throw error;
          log.warn({ namespace }, 'its namespace is gone: nothing is recorded');
          return undefined;
        }
      },
    );
  }

  /** So that what waits for its turn can be seen, and cancelled. Whatever is known of the job already is later news. */
  async function recordRequest(event: CloudEvent<unknown>, given: Logger): Promise<void> {
    const request = parseRequest(event);
    const { namespace, name } = request.transform;
    const log = given.child({ job: request.job, transform: `${namespace}/${name}` });
    const made = await keep(request, { 'gst.event': 'requested' }, log, () => jobs.create(requestedRecord(request)));
    if (made) log.info({ kind: 'requested', state: 'Pending' }, 'recorded');
    else if (made === false) log.debug('asked for again: nothing changes');
  }

  async function recordResult(event: CloudEvent<unknown>, given: Logger): Promise<void> {
    const result = readResult(event);
    if (result === undefined) return given.debug('no result: passed over');
    const { job, about, kind, run, seq } = result;
    const { namespace, name } = about.transform;
    const log = given.child({ job, run, transform: `${namespace}/${name}` });
    const attributes = { 'gst.run': run, 'gst.event': kind };
    const kept = await keep({ job, transform: about.transform }, attributes, log, () =>
      jobs.update(namespace, job, (known) => applyResult(known, result)),
    );
    if (kept === undefined) return;
    const { before, after } = kept;
    if (after === before) return log.debug({ kind, seq }, 'late or repeated: nothing changes');
    // a run tells how far it is every few seconds, which is no news in a log
    log[kind === 'progress' ? 'debug' : 'info']({ kind, state: after?.status?.state }, 'recorded');
    tally.result(result, before);
  }

  async function recordDeadLetter(event: CloudEvent<unknown>, given: Logger): Promise<void> {
    const log = given.child(jobOf(event));
    const answer = answerOf(event);
    tally.deadLetter(kindOf(event), answer);
    if (!isRequest(event)) {
      // nothing was asked for yet, so there is no job: the sweep finds the object
      log.error({ answer, source: event.source, subject: event.subject }, 'the Broker gave an event up');
      return;
    }
    const request = readRequest(event, log);
    if (request === undefined) return;
    const { job, transform } = request;
    const letter = { id: event.id, request, answer, time: now().toISOString() };
    const kept = await keep(request, {}, log, () =>
      jobs.update(transform.namespace, job, (known) => applyDeadLetter(known, letter)),
    );
    if (kept === undefined) return;
    const { before, after } = kept;
    log.warn({ run: after?.status?.run, answer, ...standing(after), changed: after !== before }, 'the Broker gave a request up');
  }

  return (event, { path, log }) => {
    if (deadLetterPath.test(path)) return recordDeadLetter(event, log);
    return isRequest(event) ? recordRequest(event, log) : recordResult(event, log);
  };
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
