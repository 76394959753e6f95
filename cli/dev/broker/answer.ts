/** What the answer of a subscriber means to the Broker, as measured at Knative's. */
import type { CloudEvent } from 'cloudevents';
import { readCloudEvent } from '../../../lib/events/index.ts';

/** What came back, or that nothing did. */
export type Answer =
  | { status: number; headers: Headers; body: Uint8Array }
  | { status?: undefined; cause: string; timedOut: boolean };

export type Verdict =
  | { kind: 'done'; reply?: CloudEvent<unknown> }
  /** Worth another try; `bare`: a dead letter of it carries no attributes about the error. */
  | { kind: 'retry'; bare?: boolean }
  | { kind: 'dead' };

const retriedStatuses = [404, 408, 409, 429];

/**
 * A 2xx with an event is a reply, with an empty body it is the end, and with any other body a failure. Nothing came, 5xx
 * and a few of 4xx: again. Whatever else, redirects too, goes to the dead letters at once.
 */
export function judge(answer: Answer): Verdict {
  if (answer.status === undefined) return { kind: 'retry' };
  const { status, headers, body } = answer;
  if (status >= 200 && status < 300) {
    if (body.length === 0 && !headers.has('ce-id')) return { kind: 'done' };
    try {
      return { kind: 'done', reply: readCloudEvent(headers, body) };
    } catch {
      return { kind: 'retry', bare: true };
    }
  }
  return { kind: status >= 500 || retriedStatuses.includes(status) ? 'retry' : 'dead' };
}
