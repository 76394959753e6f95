/** One function, from its settings to its last answer. */
import { runFunction } from '../../lib/runtime/run-function.ts';
import type { FunctionModule } from '../../lib/runtime/types.ts';

export interface ServeOptions {
  /** In place of PORT. */
  port?: string;
}

/**
 * Serves until SIGTERM or SIGINT, then drains. With K_EVENT_PATH it handles the one event that is there, and ends.
 *
 * @throws Fault SETTINGS_INVALID
 */
export async function serveModule(module: FunctionModule, { port }: ServeOptions): Promise<void> {
  const { env } = process;
  if (env.K_EVENT_PATH) {
    const { runOnce } = await import('../../lib/runtime/run-once.ts');
    process.exitCode = await runOnce(module, env);
  } else await runFunction(module, port === undefined ? env : { ...env, PORT: port });
}
