/** What asks a process to end its work: signals, the end of its parent, an AbortSignal. */
import { once } from 'node:events';

export interface RunOptions {
  /** Ends the process's work, as SIGTERM does. */
  signal?: AbortSignal;
}

export interface EndSignals {
  /** Resolves with the first. */
  first: Promise<void>;
  /** Aborted by the second: at once, please. */
  hasty: AbortSignal;
  release(): void;
}

/** SIGTERM, SIGINT, `signal`; with EXIT_WITH_PARENT=true the end of standard input too. */
export function endSignals(env: NodeJS.ProcessEnv, signal?: AbortSignal): EndSignals {
  const first = Promise.withResolvers<void>();
  const haste = new AbortController();
  let asked = false;
  const onSignal = () => {
    if (asked) haste.abort();
    else first.resolve();
    asked = true;
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  signal?.addEventListener('abort', onSignal, { once: true });
  if (signal?.aborted) onSignal();
  if (env.EXIT_WITH_PARENT === 'true') {
    void once(process.stdin.resume(), 'close').then(onSignal, onSignal);
  }
  return {
    first: first.promise,
    hasty: haste.signal,
    release() {
      process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
      signal?.removeEventListener('abort', onSignal);
      if (env.EXIT_WITH_PARENT === 'true') process.stdin.pause().unref?.();
    },
  };
}
