/** What one round of the sweep may cost. */
export interface Budget {
  /** Takes one; false where nothing is left. */
  key(): boolean;
  look(): boolean;
}

export function createBudget({ keys, looks }: { keys: number; looks: number }): Budget {
  let keysLeft = keys;
  let looksLeft = looks;
  return { key: () => keysLeft-- > 0, look: () => looksLeft-- > 0 };
}

/** Of a budget, but no more than so many looks. */
export function partOf(budget: Budget, looks: number): Budget {
  let left = looks;
  return { key: budget.key, look: () => left-- > 0 && budget.look() };
}
