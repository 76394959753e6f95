/** Ctrl-C, SIGTERM and a closed terminal: the first asks for the end, the next ones for haste. */
export interface EndSignals {
  /** Aborted by the first. */
  readonly signal: AbortSignal;
  /** Resolves with the first. */
  first: Promise<void>;
  /** Calls at the second, and at each after. */
  onHaste(listener: () => void): void;
  release(): void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function endSignals(): EndSignals {
  const first = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  const listeners: Array<() => void> = [];
  const onSignal = (name: string) => {
    if (first.signal.aborted) for (const listener of listeners) listener();
    first.abort(new Error(`ended by ${name}`));
    resolve();
  };
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: first.signal,
    first: promise,
    onHaste: (listener) => void listeners.push(listener),
    release() {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}
