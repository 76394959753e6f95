/** One event on its way to one Trigger: tried, tried again, and at last among the dead letters. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudEvent } from 'cloudevents';
import { type Answer, judge } from './answer.ts';
import { backoffBefore } from './backoff.ts';
import type { Subscriber } from './subscriber.ts';
import type { Destination, Trigger } from './triggers.ts';

/** One try, as it ended. */
export interface DeliveryReport {
  trigger: string;
  event: CloudEvent<unknown>;
  /** From 1. */
  attempt: number;
  /** Absent where nothing came back. */
  status?: number;
  outcome: 'done' | 'retry' | 'dead letter' | 'lost';
  /** Why, where it failed. */
  cause?: string;
  /** Milliseconds until the next try. */
  wait?: number;
}

export interface DeliverOptions {
  subscribers: ReadonlyMap<string, Subscriber>;
  /** Each wait before another try is multiplied by it. */
  backoffScale: number;
  signal: AbortSignal;
  onReport: (report: DeliveryReport) => void;
}

/** Answers for code that nobody sent: as Knative's filter has it, a gateway speaks for the subscriber. */
const badGateway = 502;
const gatewayTimeout = 504;
const longestErrorData = 1024; // characters

/**
 * Resolves with the subscriber's reply, if any, when the event is done with, whatever became of it. Rejects only when the
 * signal says so. Waiting for a process that has room counts against no timeout and is no try.
 */
export async function deliver(
  event: CloudEvent<unknown>,
  trigger: Trigger,
  options: DeliverOptions,
): Promise<CloudEvent<unknown> | undefined> {
  const { delivery, subscriber } = trigger;
  for (let attempt = 1; ; attempt++) {
    const { answer, url } = await tryOnce(event, subscriber, delivery.timeout, options);
    const verdict = judge(answer);
    const report = { trigger: trigger.name, event, attempt, status: answer.status };
    if (verdict.kind === 'done') {
      options.onReport({ ...report, outcome: 'done' });
      return verdict.reply;
    }
    const cause = answer.status === undefined ? answer.cause : `answer ${answer.status}`;
    if (verdict.kind === 'retry' && attempt <= delivery.retry) {
      const wait = backoffBefore(attempt, delivery.backoff) * options.backoffScale;
      options.onReport({ ...report, outcome: 'retry', cause, wait });
      await sleep(wait, undefined, { signal: options.signal });
      continue;
    }
    if (!delivery.deadLetters) {
      options.onReport({ ...report, outcome: 'lost', cause });
      return undefined;
    }
    options.onReport({ ...report, outcome: 'dead letter', cause });
    const bare = verdict.kind === 'retry' && verdict.bare;
    await bury(bare ? event : deadLetter(event, url, answer), trigger, delivery.deadLetters, options);
    return undefined;
  }
}

/** As often and as patiently as the event itself; there is no dead letter of a dead letter. */
async function bury(letter: CloudEvent<unknown>, trigger: Trigger, to: Destination, options: DeliverOptions): Promise<void> {
  const { timeout, retry, backoff } = trigger.delivery;
  const own: Trigger = {
    ...trigger,
    name: `${trigger.name}, dead letter`,
    subscriber: to,
    delivery: { timeout, retry, backoff },
  };
  await deliver(letter, own, options);
}

async function tryOnce(event: CloudEvent<unknown>, { name, path }: Destination, timeout: number, options: DeliverOptions) {
  const place = await options.subscribers.get(name)?.take(options.signal);
  if (!place) throw new Error(`no subscriber ${name}`);
  const url = `${place.url}${path}`;
  const answer = await place.post(url, event, timeout, options.signal);
  place.release({ hungUp: answer.status === undefined && !answer.timedOut });
  options.signal.throwIfAborted();
  return { answer, url };
}

/** The event with what is known of its failure, under the names of Knative. */
export function deadLetter(event: CloudEvent<unknown>, url: string, answer: Answer): CloudEvent<unknown> {
  const silent = answer.status === undefined;
  const body = silent ? Buffer.alloc(0) : Buffer.from(answer.body);
  return event.cloneWith({
    knativeerrorcode: silent ? (answer.timedOut ? gatewayTimeout : badGateway) : answer.status,
    knativeerrordest: url,
    ...(body.length > 0 && { knativeerrordata: body.toString('base64').slice(0, longestErrorData) }),
  });
}
