/** The whole life of a function's process, from its settings to its last answer. */
import { endSignals, type RunOptions } from './end-signals.ts';
import { runtimeSettings } from './runtime-settings.ts';
import { keepHeapSmall } from './small-heap.ts';
import { startTelemetry } from './start-telemetry.ts';
import type { FunctionModule } from './types.ts';

/**
 * Serves `module` until SIGTERM, SIGINT or `signal`, then drains. A second signal ends the drain at once. With
 * EXIT_WITH_PARENT=true the end of standard input is a signal too: no process outlives the one that started it.
 *
 * @throws Fault SETTINGS_INVALID
 */
export async function runFunction(module: FunctionModule, env: NodeJS.ProcessEnv, { signal }: RunOptions = {}): Promise<void> {
  const { port, host, drainSeconds } = await runtimeSettings(module, env);
  // before anything is begun: a signal that comes meanwhile ends it in order too
  const stop = endSignals(env, signal);
  let stopTelemetry = async () => {};
  try {
    stopTelemetry = await startTelemetry(module.name, env);
    const running = await module.start(env);
    const { serve } = await import('./server.ts'); // a function may have begun what takes long by now
    const served = await serve(running, { port, host, drainSeconds }).catch(async (error: unknown) => {
      await running.close();
      throw error;
    });
    setImmediate(() => running.atRest?.());
    void running.loaded?.then(keepHeapSmall);
    stop.hasty.addEventListener('abort', () => void served.close(0), { once: true });
    await stop.first;
    await served.close(stop.hasty.aborted ? 0 : undefined);
  } finally {
    stop.release();
    await stopTelemetry();
  }
}
