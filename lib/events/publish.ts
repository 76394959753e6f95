/** Posts events to the Broker: an answer outside 2xx is a failure, and nothing but the status is believed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Attributes, type Span, SpanKind } from '@opentelemetry/api';
import type { CloudEvent } from 'cloudevents';
import { Fault } from '../errors.ts';
import { inSpan } from '../telemetry/index.ts';
import { type Send, send as sendOverHttp } from './send.ts';
import { eventAttributes, traceExtensions } from './trace.ts';

/** Publishes an event to `K_SINK`: resolves when the Broker has it, rejects with `PUBLISH_FAILED`. */
export type Publish = (event: CloudEvent<unknown>, options?: { signal?: AbortSignal }) => Promise<void>;

export interface PublishOptions {
  /** Address of the Broker's ingress. */
  sink: string;
  /** Time for one POST, in milliseconds. */
  timeout: number;
  /** Waits before the second and later tries, in milliseconds. Whoever delivered the cause tries for longer. */
  retryDelays?: readonly number[];
  send?: Send;
}

/** Least wait is short, for a connection that the Broker closed while it was idle. */
const defaultRetryDelays = [100, 500]; // ms

/** Answers after which the same POST may succeed. */
const retried = (status: number) => status >= 500 || status === 429 || status === 408;

export function createPublisher(options: PublishOptions): Publish {
  const { sink, timeout, retryDelays = defaultRetryDelays, send = sendOverHttp } = options;
  const place = placeAttributes(sink);
  const publish = async (given: CloudEvent<unknown>, span: Span, signal?: AbortSignal) => {
    // the extensions of the event are where its consumers go on from; the headers of the request are the hop, here the same span
    const hop = span.isRecording() ? traceExtensions(span.spanContext()) : undefined;
    const event = hop === undefined ? given : given.cloneWith({ ...hop });
    // Structured mode: header values could not hold what attributes may, and Knative does not decode them.
    const body = JSON.stringify(event);
    const headers = { 'content-type': 'application/cloudevents+json; charset=utf-8', ...hop };
    for (let attempt = 0; ; attempt++) {
      if (attempt > 0) span.setAttribute('http.request.resend_count', attempt);
      const failure = await post(send, sink, { headers, body, timeout, signal, span });
      if (failure === undefined) return;
      const delay = failure.final ? undefined : retryDelays[attempt];
      if (delay === undefined || signal?.aborted) {
        throw new Fault('PUBLISH_FAILED', { address: new URL(sink).host, cause: failure.cause }, { cause: failure.error });
      }
      await sleep(delay, undefined, { signal }).catch(() => {}); // an abort is seen by the next try
    }
  };
  return (event, { signal } = {}) => {
    const attributes = { ...place, ...eventAttributes(event) };
    return inSpan(`publish ${event.type}`, { kind: SpanKind.PRODUCER, attributes }, (span) => publish(event, span, signal));
  };
}

function placeAttributes(sink: string): Attributes {
  const { hostname, port, protocol, pathname } = new URL(sink);
  return {
    'messaging.operation.name': 'publish',
    'messaging.operation.type': 'send',
    'messaging.destination.name': pathname,
    'http.request.method': 'POST',
    'server.address': hostname,
    'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
  };
}

interface PostFailure {
  cause: string;
  final: boolean;
  error?: unknown;
}

interface Posting {
  headers: Record<string, string>;
  body: string;
  /** In milliseconds. */
  timeout: number;
  signal?: AbortSignal;
  span: Span;
}

async function post(send: Send, sink: string, posting: Posting): Promise<PostFailure | undefined> {
  const { headers, body, timeout, signal, span } = posting;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), timeout);
  try {
    const status = await send(sink, {
      headers,
      body,
      signal: signal ? AbortSignal.any([signal, limit.signal]) : limit.signal,
    });
    span.setAttribute('http.response.status_code', status);
    if (status >= 200 && status < 300) return undefined;
    return { cause: `it answered ${status}`, final: !retried(status) };
  } catch (error) {
    if (signal?.aborted) return { cause: 'the process is ending', final: true, error };
    if (limit.signal.aborted) return { cause: `no answer in ${timeout / 1000} s`, final: false, error };
    return { cause: causeOf(error), final: false, error };
  } finally {
    clearTimeout(timer); // else it holds the signal, and whoever listens to it, until its time has come
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || (error as NodeJS.ErrnoException).code || error.name;
}
