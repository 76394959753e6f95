/** Ctrl-C, SIGTERM and a closed terminal: the first asks for the end, the next ones for haste. */
import type { EndSignal } from '../exit.ts';

export interface EndSignals {
  /** Aborted by the first. */
  readonly signal: AbortSignal;
  /** The first, once it has come. */
  readonly by: EndSignal | undefined;
  /** Resolves with the first. */
  first: Promise<void>;
  /** Calls at the second, and at each after. */
  onHaste(listener: () => void): void;
  release(): void;
}

const signals: readonly EndSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

export function endSignals(): EndSignals {
  const first = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  const listeners: Array<() => void> = [];
  let by: EndSignal | undefined;
  const onSignal = (name: EndSignal) => {
    by ??= name;
    if (first.signal.aborted) for (const listener of listeners) listener();
    first.abort(new Error(`ended by ${name}`));
    resolve();
  };
  for (const name of signals) process.on(name, onSignal);
  return {
    signal: first.signal,
    get by() {
      return by;
    },
    first: promise,
    onHaste: (listener) => void listeners.push(listener),
    release() {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}
