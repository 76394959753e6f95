/** Whatever comes is a reason to look at everything; what comes at /sweep is a reason to sweep as well. */
import type { CloudEvent } from 'cloudevents';
import type { Handler } from '../../lib/runtime/types.ts';
import { coalesced } from './coalesce.ts';

export const sweepPath = '/sweep';

export interface Reconciler {
  handler: Handler;
  /** A pass for no event, as at the start: what happened while nobody was here is told by none. */
  look(): Promise<void>;
}

/** `pass` is given the event that asked for a sweep, where one did. */
export function createReconciler(pass: (cause: CloudEvent<unknown> | undefined) => Promise<void>): Reconciler {
  const request = coalesced<CloudEvent<unknown> | undefined>((asked) => pass(asked.find((cause) => cause !== undefined)));
  return {
    handler: (event, { path }) => request(path.startsWith(sweepPath) ? event : undefined),
    look: () => request(undefined),
  };
}
