/** `gst-functions serve NAME`: one function, as in its container. Only that function is loaded. */
import { runFunction } from '../lib/runtime/run-function.ts';
import { runOnce } from '../lib/runtime/run-once.ts';
import type { FunctionModule } from '../lib/runtime/types.ts';
import { UsageError } from './exit.ts';

const modules: Record<string, () => Promise<FunctionModule>> = {
  source: async () => (await import('../functions/source/index.ts')).source,
  dispatcher: async () => (await import('../functions/dispatcher/index.ts')).dispatcher,
  transcode: async () => (await import('../functions/transcode/index.ts')).transcode,
  recorder: async () => (await import('../functions/recorder/index.ts')).recorder,
  reconciler: async () => (await import('../functions/reconciler/index.ts')).reconciler,
  dashboard: async () => (await import('../functions/dashboard/index.ts')).dashboard,
};

export const functionNames: readonly string[] = Object.keys(modules);

/**
 * Serves until SIGTERM or SIGINT, then drains. With K_EVENT_PATH it handles the one event that is there, and ends.
 *
 * @throws UsageError where there is no such function; Fault SETTINGS_INVALID
 */
export async function serveFunction(name: string, { port }: { port?: string } = {}): Promise<void> {
  const load = Object.hasOwn(modules, name) ? modules[name] : undefined;
  if (!load) throw new UsageError(`no function ${JSON.stringify(name)}; there are ${functionNames.join(', ')}`);
  if (process.env.K_EVENT_PATH) process.exitCode = await runOnce(await load(), process.env);
  else await runFunction(await load(), port === undefined ? process.env : { ...process.env, PORT: port });
}
