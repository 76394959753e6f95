/** What a file system cannot say of an object (etag, content type, metadata): kept in a hidden folder, one file each. */
import { createHash, randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface ObjectRecord {
  key: string;
  etag: string;
  contentType?: string;
  cacheControl?: string;
  metadata: Record<string, string>;
  /** Of the file that it was written for: of another one it says nothing. */
  size: number;
  modified: number;
  inode: number;
}

/** No bucket can be called that. */
export const hiddenFolder = '.gst-functions';

function recordFile(root: string, bucket: string, path: string): string {
  return join(root, hiddenFolder, 'objects', bucket, `${createHash('sha256').update(path).digest('hex')}.json`);
}

/** Undefined where there is none, or where the file was changed by other means since. */
export async function readRecord(root: string, bucket: string, path: string, stats: Stats): Promise<ObjectRecord | undefined> {
  const text = await readFile(recordFile(root, bucket, path), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const record = JSON.parse(text) as ObjectRecord;
  const fits = record.size === stats.size && record.modified === stats.mtimeMs && record.inode === stats.ino;
  return fits ? record : undefined;
}

export async function writeRecord(root: string, bucket: string, path: string, record: ObjectRecord): Promise<void> {
  const file = recordFile(root, bucket, path);
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(record));
  await rename(draft, file);
}

export async function removeRecord(root: string, bucket: string, path: string): Promise<void> {
  await rm(recordFile(root, bucket, path), { force: true });
}
