/** What a key template knows of the source object. */
import { basePath, extension } from './functions/paths.ts';
import type { Value } from './values.ts';

export interface TemplateSource {
  bucket: string;
  key: string;
  /** Without quotes. */
  etag: string;
  /** RFC 3339: what `now` gives. */
  eventTime: string;
}

export const contextFields = ['SrcName', 'SrcExt', 'SrcKey', 'SrcDir', 'Bucket', 'ETag'];

/** Base name, and extension with its dot; a name that begins with its only dot has none. */
function splitName(key: string): { name: string; ext: string } {
  const base = basePath(key);
  const ext = extension(base);
  return ext === base ? { name: base, ext: '' } : { name: base.slice(0, base.length - ext.length), ext };
}

export function contextOf({ bucket, key, etag }: TemplateSource): Value {
  const { name, ext } = splitName(key);
  const folder = key.replace(/\/+$/, '');
  return new Map<string, Value>([
    ['SrcName', name],
    ['SrcExt', ext],
    ['SrcKey', key],
    ['SrcDir', folder.slice(0, Math.max(0, folder.lastIndexOf('/')))],
    ['Bucket', bucket],
    ['ETag', etag],
  ]);
}
