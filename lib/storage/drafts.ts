/** Files on their way into a directory store: written beside their place, then moved there in one step. */
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { hiddenFolder } from './object-record.ts';

export interface Draft {
  path: string;
  /** MD5 of the content, as S3 has it. */
  etag: string;
  size: number;
}

export interface Drafts {
  /** `onBytes` counts as they are written. Nothing is left where it fails. */
  write(bucket: string, key: string, body: Readable, onBytes: (count: number) => void, signal?: AbortSignal): Promise<Draft>;
  /** Removes those of exactly this key that are older (seconds); a killed process leaves them. */
  removeStale(bucket: string, key: string, olderThan: number): Promise<number>;
}

export function draftsIn(root: string): Drafts {
  // within the root: a move is one step only inside one file system
  const folder = join(root, hiddenFolder, 'drafts');
  const nameOf = (bucket: string, key: string) => createHash('sha256').update(`${bucket}/${key}`).digest('hex');
  return {
    async write(bucket, key, body, onBytes, signal) {
      await mkdir(folder, { recursive: true });
      const path = join(folder, `${nameOf(bucket, key)}.${randomUUID()}`);
      const hash = createHash('md5');
      let size = 0;
      const counted = async function* (blocks: AsyncIterable<Buffer>) {
        for await (const block of blocks) {
          hash.update(block);
          size += block.length;
          onBytes(block.length);
          yield block;
        }
      };
      try {
        await pipeline(body, counted, createWriteStream(path, { flags: 'wx' }), { signal });
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
      return { path, etag: hash.digest('hex'), size };
    },
    async removeStale(bucket, key, olderThan) {
      const all = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      });
      let removed = 0;
      for (const name of all.filter((name) => name.startsWith(`${nameOf(bucket, key)}.`))) {
        const { mtimeMs } = await lstat(join(folder, name));
        if (Date.now() - mtimeMs <= olderThan * 1000) continue;
        await rm(join(folder, name), { force: true });
        removed++;
      }
      return removed;
    },
  };
}
