/** What a function is, independent of how it is served. */
import type { CloudEvent } from 'cloudevents';
import type { Logger } from 'pino';

export interface EventContext {
  log: Logger;
  /** Aborted when the caller has gone away, or when the process must end. */
  signal: AbortSignal;
  /** True once SIGTERM has come: finish what is in hand, begin nothing. */
  draining: () => boolean;
  /** Path and query under which the event came, such as `/dead`. */
  path: string;
  headers: Headers;
}

/**
 * Handles one CloudEvent. Resolves when the work is done (answer 204); rejects with a `Fault`, whose status is the
 * answer. The body of every answer is empty: an error body can crash the in-memory dispatcher of Knative.
 */
export type Handler = (event: CloudEvent<unknown>, context: EventContext) => Promise<void>;

/** Publishes an event to `K_SINK`: resolves when the Broker has it, rejects with `PUBLISH_FAILED`. */
export type Publish = (event: CloudEvent<unknown>, options?: { signal?: AbortSignal }) => Promise<void>;
