/** Bytes that a run has written, by file or by folder. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** 0 where it does not exist yet. */
export async function sizeOf(path: string): Promise<number> {
  if (!path.endsWith('/')) return fileSize(path);
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.filter((entry) => entry.isFile()).map((entry) => fileSize(join(entry.parentPath, entry.name))),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

const fileSize = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );
