/** How long a delivery waits before it is tried again. */

export interface Backoff {
  policy: 'exponential' | 'linear';
  /** ms. */
  delay: number;
}

/**
 * Milliseconds before retry `n`, from 1. As measured at Knative's: delay × 1, 2, 4, … where it is exponential, and
 * × 0, 1, 2, … where it is linear: the first retry comes at once.
 */
export function backoffBefore(n: number, { policy, delay }: Backoff): number {
  return policy === 'exponential' ? delay * 2 ** (n - 1) : delay * (n - 1);
}
