/** State, conditions and the time of the next request: they follow from the rest of the status. */
import { Fault } from '../errors.ts';
import { requestedStatus } from '../transform/schema/requested-status.ts';
import type { JobState, JobStatus } from './record.ts';
import { isOlder } from './request-order.ts';

/** First and longest wait before a request that was given up is made again, in milliseconds. */
const firstWait = 60_000;
const longestWait = 3_600_000;

/** Milliseconds until a request is made again, after so many in a row that were given up. */
function waitAfter(times: number): number {
  return Math.min(longestWait, firstWait * 2 ** Math.max(0, times - 1));
}

type DeadLetter = NonNullable<JobStatus['deadLetter']>;
type Condition = NonNullable<JobStatus['conditions']>[number];

export function withStanding(status: JobStatus): JobStatus {
  const { conditions: _c, nextRequestTime: _n, state: _s, ...facts } = status;
  const letter = facts.deadLetter && !isOlder(facts.deadLetter.request, facts.request) ? facts.deadLetter : undefined;
  // an end that was told of counts more than a request that nobody answered in time
  const standing = letter && !(letter.request === facts.request && endOf(facts)) ? givenUp(facts, letter) : plain(facts);
  const { condition, ...rest } = standing;
  const conditions: Condition[] = [{ type: standing.state, status: 'True', ...condition }];
  if (letter?.permanent) conditions.push({ type: 'DeadLettered', status: 'True', ...describe(letter) });
  return { ...facts, ...rest, conditions };
}

interface Standing {
  state: JobState;
  condition: Omit<Condition, 'type' | 'status'>;
  nextRequestTime?: string;
  error?: JobStatus['error'];
}

function endOf({ event }: JobStatus): 'Finished' | 'Failed' | undefined {
  if (event === 'succeeded' || event === 'skipped') return 'Finished';
  return event === 'failed' ? 'Failed' : undefined;
}

function plain(status: JobStatus): Standing {
  const { event, error, reason, startTime, completionTime } = status;
  const end = endOf(status);
  if (event === undefined) return { state: requestedStatus.state, condition: requestedStatus.conditions[0] };
  if (end === 'Finished') {
    const word = reason === undefined ? 'Succeeded' : `${reason.slice(0, 1).toUpperCase()}${reason.slice(1)}`;
    return { state: end, condition: { reason: word, message: finished[word] ?? word, lastTransitionTime: completionTime } };
  }
  if (end === 'Failed' || event === 'retrying') {
    const message = [error?.message, error?.remedy].join(' ').trim();
    const condition = { reason: error?.code ?? 'Unknown', message, lastTransitionTime: completionTime };
    return { state: end ?? 'Pending', condition };
  }
  return { state: 'InProgress', condition: { reason: 'Running', message: 'A run is under way.', lastTransitionTime: startTime } };
}

const finished: Record<string, string> = {
  Succeeded: 'The outputs are there.',
  Reused: 'The outputs were there already.',
  Superseded: 'Nothing was done: the object was replaced by a newer one, which has a Job of its own.',
  Gone: 'Nothing was done: the object is no longer there.',
  Loop: 'Nothing was done: the object was made by this Transform itself.',
  Cancelled: 'Nothing was done: somebody cancelled it. A retry takes that back.',
};

function givenUp({ event, error, request }: JobStatus, letter: DeadLetter): Standing {
  const { code, class: faultClass, message, remedy } = faultOf(letter);
  // what the last run itself told says more, where it was one of this request
  const known = event === 'retrying' && request === letter.request ? error : undefined;
  const told = known ?? { code, class: letter.permanent ? faultClass : 'transient', message, remedy };
  if (letter.permanent) return { state: 'Failed', condition: describe(letter), error: told };
  const nextRequestTime = new Date(Date.parse(letter.time) + waitAfter(letter.times)).toISOString();
  return { state: 'Pending', condition: describe(letter), nextRequestTime, error: told };
}

function describe(letter: DeadLetter): Omit<Condition, 'type' | 'status'> {
  const reason = letter.answer === undefined ? 'NoAnswer' : `Answer${letter.answer}`;
  return { reason, message: faultOf(letter).message, lastTransitionTime: letter.time };
}

function faultOf({ answer }: DeadLetter): Fault {
  return new Fault('DEAD_LETTERED', { answer: answer ?? 'none' });
}
