/** Conditions of a status: written only when they say something new. */

export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  /** One CamelCase word, for machines. */
  reason: string;
  /** For people. */
  message: string;
  /** Generation of the spec that it speaks of. */
  observedGeneration?: number;
  /** RFC 3339; of the last change of `status`. */
  lastTransitionTime?: string;
}

/** Longest message that is written, in characters: the API server allows 32,768. */
const longestMessage = 16_384;

/**
 * `wanted` with times, or undefined where `present` says the same already. A condition that is not wanted any more goes;
 * the time changes only when the status does.
 */
export function changedConditions(
  present: readonly Condition[],
  wanted: readonly Condition[],
  now: string,
): Condition[] | undefined {
  const next = wanted.map((condition) => {
    const before = present.find(({ type }) => type === condition.type);
    const lastTransitionTime = before?.status === condition.status ? (before.lastTransitionTime ?? now) : now;
    return { ...condition, message: condition.message.slice(0, longestMessage), lastTransitionTime };
  });
  const same =
    next.length === present.length && next.every((condition) => present.some((before) => meansTheSame(before, condition)));
  return same ? undefined : next;
}

function meansTheSame(some: Condition, other: Condition): boolean {
  const keys = ['type', 'status', 'reason', 'message', 'observedGeneration'] as const;
  return keys.every((key) => some[key] === other[key]);
}
