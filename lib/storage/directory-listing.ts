/** The objects of one bucket of a directory store. */
import type { Stats } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { md5 } from './etag.ts';
import { keyOfPath } from './key-path.ts';
import { readRecord } from './object-record.ts';
import type { ListedObject } from './types.ts';

/** In the order of keys as bytes, like S3. `folder` is that of the bucket. */
export async function listFolder(root: string, bucket: string, folder: string, prefix: string): Promise<ListedObject[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const objects: ListedObject[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const stats = await plainStats(path);
    if (!stats) continue;
    const record = await readRecord(root, bucket, path, stats);
    const key = record?.key ?? keyOfPath(path.slice(folder.length + 1).replaceAll(sep, '/'));
    if (!key.startsWith(prefix)) continue;
    const etag = record?.etag ?? (await md5(path, { start: 0, length: stats.size }));
    objects.push({ key, etag, size: stats.size, lastModified: stats.mtime, metadata: record?.metadata ?? {} });
  }
  return objects.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
}

/** Undefined where there is no plain file: a link would lead out of the store. */
export async function plainStats(path: string): Promise<Stats | undefined> {
  try {
    const stats = await lstat(path);
    return stats.isFile() ? stats : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
