/** `gst-functions serve NAME`: one function, as in its container. Only that function is loaded. */
import type { FunctionModule } from '../../lib/runtime/types.ts';
import { UsageError } from '../exit.ts';
import type { ServeOptions } from './module.ts';

type Serve = (options: ServeOptions) => Promise<void>;

const serving = async (module: FunctionModule): Promise<Serve> => {
  const { serveModule } = await import('./module.ts');
  return (options) => serveModule(module, options);
};

const functions: Record<string, () => Promise<Serve>> = {
  source: async () => serving((await import('../../functions/source/index.ts')).source),
  dispatcher: async () => serving((await import('../../functions/dispatcher/index.ts')).dispatcher),
  transcode: async () => (await import('./transcode.ts')).serveTranscode,
  recorder: async () => serving((await import('../../functions/recorder/index.ts')).recorder),
  reconciler: async () => serving((await import('../../functions/reconciler/index.ts')).reconciler),
  dashboard: async () => serving((await import('../../functions/dashboard/index.ts')).dashboard),
};

export const functionNames: readonly string[] = Object.keys(functions);

/** @throws UsageError where there is no such function, or port; Fault SETTINGS_INVALID */
export async function serveFunction(name: string, options: ServeOptions = {}): Promise<void> {
  const load = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (!load) {
    const { meant } = await import('../../lib/nearest.ts');
    throw new UsageError(`no function ${JSON.stringify(name)}, but ${functionNames.join(', ')}${meant(name, functionNames)}`);
  }
  if (options.port !== undefined) {
    const { wholeNumber } = await import('../number-option.ts');
    wholeNumber('--port', options.port, 0, 65_535);
  }
  const serve = await load();
  await serve(options);
}
