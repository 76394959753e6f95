/** The whole life of a function's process, from its settings to its last answer. */
import { once } from 'node:events';
import { commonSettings } from './common-settings.ts';
import { serve } from './server.ts';
import { readSettings } from './settings.ts';
import { startTelemetry } from './telemetry.ts';
import type { FunctionModule } from './types.ts';

export interface RunOptions {
  /** Ends the process's work, as SIGTERM does. */
  signal?: AbortSignal;
}

/**
 * Serves `module` until SIGTERM, SIGINT or `signal`, then drains. A second signal ends the drain at once. With
 * EXIT_WITH_PARENT=true the end of standard input is a signal too: no process outlives the one that started it.
 *
 * @throws Fault SETTINGS_INVALID
 */
export async function runFunction(module: FunctionModule, env: NodeJS.ProcessEnv, { signal }: RunOptions = {}): Promise<void> {
  const { port, host, drainSeconds } = readSettings(commonSettings, env);
  const stopTelemetry = await startTelemetry(module.name, env);
  try {
    const running = await module.start(env);
    const served = await serve(running, { port, host, drainSeconds }).catch(async (error: unknown) => {
      await running.close();
      throw error;
    });
    const stop = endSignals(env, signal);
    try {
      await stop.first;
      void stop.second.then(() => served.close(0));
      await served.close();
    } finally {
      stop.release();
    }
  } finally {
    await stopTelemetry();
  }
}

function endSignals(env: NodeJS.ProcessEnv, signal?: AbortSignal) {
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  let asked = false;
  const onSignal = () => {
    (asked ? second : first).resolve();
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
    second: second.promise,
    release() {
      process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
      signal?.removeEventListener('abort', onSignal);
      if (env.EXIT_WITH_PARENT === 'true') process.stdin.pause().unref?.();
    },
  };
}
