/** One file of this machine as the object that a Transform takes, in front of a folder that takes the outputs. */
import { createHash } from 'node:crypto';
import { access, constants, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { SourceObject } from '../../lib/events/types.ts';
import type { ObjectStore } from '../../lib/storage/index.ts';
import { guessContentType, type ResolvedTransform } from '../../lib/transform/index.ts';
import { UsageError } from '../exit.ts';

export interface LocalSource {
  /** Absolute. */
  path: string;
  /** As a request names it: the file's name behind the folder that the Transform watches. */
  object: SourceObject;
  modified: Date;
}

/**
 * The key ends in the file's name whatever the watched prefix: `drop/2024-` becomes `drop/`. The ETag stands for the
 * content without reading it, the time of the event is that of the file: the same file always gives the same keys.
 *
 * @throws UsageError where there is no such file
 */
export async function localSource(file: string, { source }: Pick<ResolvedTransform, 'source'>): Promise<LocalSource> {
  if (file === '') throw new UsageError('the name of the media file is empty: is a variable of the shell not set?');
  if (file === '-') throw new UsageError('run does not read standard input: what it holds must be in a file');
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(file)) throw new UsageError(`${file} is a URL: run takes a file of this machine`);
  const path = resolve(file);
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isDirectory()) throw new UsageError(`${file} is a folder: one media file is run at a time`);
  if (!stats) throw new UsageError(`there is no file ${file}`);
  if (!stats.isFile()) throw new UsageError(`${file} is a device or a pipe: what it holds must be in a file`);
  await access(path, constants.R_OK).catch(() => {
    throw new UsageError(`${file} may not be read`);
  });
  const { size, mtime, mtimeMs } = stats;
  const key = source.prefix.slice(0, source.prefix.lastIndexOf('/') + 1) + basename(path);
  const etag = createHash('md5').update(`${size} ${mtimeMs}`).digest('hex');
  const { endpoint, bucket } = source;
  const contentType = guessContentType(key);
  return { path, modified: mtime, object: { endpoint, bucket, key, etag, size, contentType, eventTime: mtime.toISOString() } };
}

/** `outputs`, but that the source object is the file, as it stands at that moment. */
export function withSource(outputs: ObjectStore, { path, object }: LocalSource): ObjectStore {
  const isSource = (bucket: string, key: string) => bucket === object.bucket && key === object.key;
  return {
    ...outputs,
    async stat(bucket, key, options) {
      if (!isSource(bucket, key)) return outputs.stat(bucket, key, options);
      const stats = await stat(path).catch(() => undefined);
      if (!stats) return undefined;
      const etag = createHash('md5').update(`${stats.size} ${stats.mtimeMs}`).digest('hex');
      return { etag, size: stats.size, contentType: object.contentType, lastModified: stats.mtime, metadata: {} };
    },
    async readAccess(bucket, key, options) {
      return isSource(bucket, key) ? { kind: 'file', path } : outputs.readAccess(bucket, key, options);
    },
  };
}
