/** Where pictures and log of a run are kept: beside the media, as the seed did. */
import { basePath } from './template/functions/paths.ts';

/** `<path>/<base name of the source>_debug/`, in the source bucket. Sources of the same base name share it. */
export function debugFolder(path: string | undefined, sourceKey: string): string {
  const parent = (path ?? 'debug').replace(/\/+$/, '');
  return `${parent === '' ? '' : `${parent}/`}${basePath(sourceKey)}_debug/`;
}
