/** Posts events to the Broker: an answer outside 2xx is a failure, and nothing but the status is believed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudEvent } from 'cloudevents';
import { Fault } from '../errors.ts';

/** Publishes an event to `K_SINK`: resolves when the Broker has it, rejects with `PUBLISH_FAILED`. */
export type Publish = (event: CloudEvent<unknown>, options?: { signal?: AbortSignal }) => Promise<void>;

export interface PublishOptions {
  /** Address of the Broker's ingress. */
  sink: string;
  /** Time for one POST, in milliseconds. */
  timeout: number;
  /** Waits before the second and later tries, in milliseconds. Whoever delivered the cause tries for longer. */
  retryDelays?: readonly number[];
  fetch?: typeof fetch;
}

/** Least wait is short, for a connection that the Broker closed while it was idle. */
const defaultRetryDelays = [100, 500]; // ms

/** Answers after which the same POST may succeed. */
const retried = (status: number) => status >= 500 || status === 429 || status === 408;

export function createPublisher(options: PublishOptions): Publish {
  const { sink, timeout, retryDelays = defaultRetryDelays, fetch: send = fetch } = options;
  return async (event, { signal } = {}) => {
    // Structured mode: header values could not hold what attributes may, and Knative does not decode them.
    const body = JSON.stringify(event);
    for (let attempt = 0; ; attempt++) {
      const failure = await post(send, sink, body, timeout, signal);
      if (failure === undefined) return;
      const delay = failure.final ? undefined : retryDelays[attempt];
      if (delay === undefined || signal?.aborted) {
        throw new Fault('PUBLISH_FAILED', { address: new URL(sink).host, cause: failure.cause }, { cause: failure.error });
      }
      await sleep(delay, undefined, { signal }).catch(() => {}); // an abort is seen by the next try
    }
  };
}

interface PostFailure {
  cause: string;
  final: boolean;
  error?: unknown;
}

async function post(
  send: typeof fetch,
  sink: string,
  body: string,
  timeout: number,
  signal?: AbortSignal,
): Promise<PostFailure | undefined> {
  const limit = AbortSignal.timeout(timeout);
  try {
    const response = await send(sink, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
      body,
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    await response.body?.cancel();
    if (response.ok) return undefined;
    return { cause: `it answered ${response.status}`, final: !retried(response.status) };
  } catch (error) {
    if (signal?.aborted) return { cause: 'the process is ending', final: true, error };
    if (limit.aborted) return { cause: `no answer in ${timeout / 1000} s`, final: false, error };
    return { cause: causeOf(error), final: false, error };
  }
}

/** fetch hides the reason ("fetch failed") one level down. */
function causeOf(error: unknown): string {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(inner instanceof Error)) return String(inner);
  return inner.message || (inner as NodeJS.ErrnoException).code || inner.name;
}
