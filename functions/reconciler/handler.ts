/** Whatever comes is a reason to look at everything; what comes at /sweep is a reason to sweep as well. */
import type { Handler } from '../../lib/runtime/types.ts';
import { coalesced } from './coalesce.ts';
import type { Occasion } from './pass.ts';

const sweepPath = '/sweep';

export interface Reconciler {
  handler: Handler;
  /** A pass for no event, as at the start: what happened while nobody was here is told by none. */
  look(): Promise<void>;
}

export function createReconciler(pass: (occasion: Occasion) => Promise<void>): Reconciler {
  const request = coalesced<Occasion>((asked) => {
    const sweeping = asked.find(({ sweep }) => sweep);
    return pass(sweeping ?? asked.find(({ cause }) => cause) ?? { sweep: false });
  });
  return {
    handler: (cause, { path }) => request({ cause, sweep: path.startsWith(sweepPath) }),
    look: () => request({ sweep: false }),
  };
}
