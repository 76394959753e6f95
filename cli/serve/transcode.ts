/** transcode, in a bundle of its own with all that serves it: it starts when an object is waiting. */
import { transcode } from '../../functions/transcode/index.ts';
import { type ServeOptions, serveModule } from './module.ts';

/** @throws Fault SETTINGS_INVALID */
export const serveTranscode = (options: ServeOptions): Promise<void> => serveModule(transcode, options);
