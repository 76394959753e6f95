/** The settings that the runtime itself acts on, before the function reads its own. */
import { commonSettings } from './common-settings.ts';
import { readSettings, type Settings } from './settings.ts';
import type { FunctionModule } from './types.ts';

/** @throws Fault SETTINGS_INVALID that tells those of the function too: it knows what is wrong with all of them together */
export async function runtimeSettings(module: FunctionModule, env: NodeJS.ProcessEnv): Promise<Settings<typeof commonSettings>> {
  try {
    return readSettings(commonSettings, env);
  } catch (fault) {
    const running = await module.start(env);
    await running.close();
    throw fault;
  }
}
