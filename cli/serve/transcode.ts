/** transcode, in a bundle of its own with all that serves it: it starts when an object is waiting. */
import { transcode } from '../../functions/transcode/index.ts';
import { type ServeOptions, serveModule } from './module.ts';

/** @throws Fault SETTINGS_INVALID */
export const serveTranscode = (options: ServeOptions): Promise<void> => serveModule(transcode, options);

/** Runs the parts that a first job needs, each up to what it exports: Node keeps the compiled code of what has run. */
export async function load(): Promise<void> {
  await import('../../functions/transcode/serving.ts');
  await import('../../lib/runtime/server.ts');
  await import('../../lib/runtime/run-once.ts');
  await import('../../lib/gst/landlock.ts'); // at last: its add-on may be missing
}
