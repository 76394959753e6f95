/** Objects as files below a folder, for one machine without MinIO: `root/<bucket>/<key>`. */
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream, type Stats } from 'node:fs';
import { lstat, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Fault } from '../errors.ts';
import { directoryFault } from './directory-faults.ts';
import { readRange, sizeOf } from './file-range.ts';
import { keyOfPath, pathOfKey } from './key-path.ts';
import { hiddenFolder, readRecord, removeRecord, writeRecord } from './object-record.ts';
import { throwIfAborted } from './retry.ts';
import type { ListedObject, ObjectStat, ObjectStore, StoredObject, Upload, WriteOptions } from './types.ts';

interface Draft {
  path: string;
  etag: string;
  size: number;
}

/**
 * An ObjectStore with the semantics of the one on MinIO: writes are atomic, etags are the MD5 of the content. A bucket
 * comes into being with its first object, and files that were put there by other means are objects too.
 */
export function createDirectoryStore(folder: string): ObjectStore {
  const root = resolve(folder);
  const drafts = join(root, hiddenFolder, 'drafts');
  const pathOf = (bucket: string, key: string) => join(bucketFolder(root, bucket), pathOfKey(key));
  const draftName = (bucket: string, key: string) => createHash('sha256').update(`${bucket}/${key}`).digest('hex');
  const guarded = <T>(bucket: string, key: string, work: () => Promise<T>): Promise<T> =>
    work().catch((error: unknown) => {
      throw directoryFault(error, { address: root, bucket, key });
    });

  const describe = async (bucket: string, key: string): Promise<ObjectStat | undefined> => {
    const path = pathOf(bucket, key);
    const stats = await plainStats(path);
    if (!stats) return undefined;
    const record = await readRecord(root, bucket, path, stats);
    const { etag = await md5Of(path, stats.size), contentType, metadata = {} } = record ?? {};
    return { etag, size: stats.size, contentType, lastModified: stats.mtime, metadata };
  };

  /** Written beside, on the same file system, so that it can take its place in one step. */
  const makeDraft = async (bucket: string, key: string, body: Readable, onBytes: (count: number) => void): Promise<Draft> => {
    await mkdir(drafts, { recursive: true });
    const path = join(drafts, `${draftName(bucket, key)}.${randomUUID()}`);
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
      await pipeline(body, counted, createWriteStream(path, { flags: 'wx' }));
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    return { path, etag: hash.digest('hex'), size };
  };

  const publish = async (bucket: string, key: string, draft: Draft, options: WriteOptions): Promise<StoredObject> => {
    const path = pathOf(bucket, key);
    await mkdir(dirname(path), { recursive: true });
    await rename(draft.path, path);
    const { size, mtimeMs, ino } = await stat(path);
    const { contentType, cacheControl, metadata } = options;
    const lowered = Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]));
    const record = { key, etag: draft.etag, contentType, cacheControl, metadata: lowered, size, modified: mtimeMs, inode: ino };
    await writeRecord(root, bucket, path, record);
    return { etag: draft.etag, size: draft.size };
  };

  return {
    stat: (bucket, key) => guarded(bucket, key, () => describe(bucket, key)),
    readAccess: (bucket, key, { etag }) =>
      guarded(bucket, key, async () => {
        const found = await describe(bucket, key);
        if (!found) throw new Fault('SOURCE_GONE');
        if (found.etag !== etag) throw new Fault('SOURCE_SUPERSEDED');
        return { kind: 'file', path: pathOf(bucket, key) };
      }),
    upload(bucket, key, path, options) {
      return directoryUpload(path, key, {
        draft: (size, onBytes) =>
          guarded(bucket, key, () =>
            makeDraft(
              bucket,
              key,
              readRange(path, { start: 0, length: size }, () => {}),
              onBytes,
            ),
          ),
        publish: (draft) => guarded(bucket, key, () => publish(bucket, key, draft, options)),
      });
    },
    put: (bucket, key, body, options) =>
      guarded(bucket, key, async () => {
        const draft = await makeDraft(bucket, key, Readable.from([Buffer.from(body)]), () => {});
        return publish(bucket, key, draft, options);
      }),
    get: (bucket, key) =>
      guarded(bucket, key, async () => {
        const path = pathOf(bucket, key);
        return (await plainStats(path)) ? readFile(path) : undefined;
      }),
    remove: (bucket, key) =>
      guarded(bucket, key, async () => {
        const path = pathOf(bucket, key);
        if (!(await plainStats(path))) return;
        await rm(path, { force: true });
        await removeRecord(root, bucket, path);
      }),
    async *list(bucket, prefix) {
      yield* await guarded(bucket, prefix, () => listFolder(root, bucket, prefix));
    },
    abortStale: (bucket, key, olderThan) =>
      guarded(bucket, key, async () => {
        const names = await readdir(drafts).catch(() => []);
        const ages = names
          .filter((name) => name.startsWith(`${draftName(bucket, key)}.`))
          .map(async (name) => {
            const stats = await plainStats(join(drafts, name));
            if (!stats || Date.now() - stats.mtimeMs <= olderThan * 1000) return 0;
            await rm(join(drafts, name), { force: true });
            return 1;
          });
        return (await Promise.all(ages)).reduce<number>((sum, one) => sum + one, 0);
      }),
    close() {},
  };
}

function directoryUpload(
  path: string,
  key: string,
  steps: { draft(size: number, onBytes: (count: number) => void): Promise<Draft>; publish(draft: Draft): Promise<StoredObject> },
): Upload {
  let bytesSent = 0;
  let draft: Draft | undefined;
  let stored: StoredObject | undefined;
  let drafting: Promise<unknown> | undefined;
  const drop = async () => {
    if (draft && !stored) await rm(draft.path, { force: true });
    draft = undefined;
  };
  return {
    get bytesSent() {
      return bytesSent;
    },
    begin() {}, // a copy at the end is as fast
    async finish(signal) {
      throwIfAborted(signal);
      await drop();
      const size = await sizeOf(path);
      if (size === 0) throw new Fault('OUTPUT_EMPTY', { key });
      const work = steps.draft(size, (count) => {
        bytesSent += count;
      });
      drafting = work.catch(() => {});
      draft = await work;
    },
    async complete(signal) {
      throwIfAborted(signal);
      if (stored) return stored;
      if (!draft) throw new Fault('INTERNAL', { cause: 'an upload was completed before it was finished' });
      stored = await steps.publish(draft);
      return stored;
    },
    async abort() {
      await drafting;
      await drop();
    },
  };
}

function bucketFolder(root: string, bucket: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(bucket)) throw new Fault('STORAGE_NO_BUCKET', { bucket, address: root });
  return join(root, bucket);
}

async function plainStats(path: string): Promise<Stats | undefined> {
  try {
    const stats = await lstat(path);
    return stats.isFile() ? stats : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

async function md5Of(path: string, size: number): Promise<string> {
  const hash = createHash('md5');
  for await (const _ of readRange(path, { start: 0, length: size }, (block) => hash.update(block)));
  return hash.digest('hex');
}

async function listFolder(root: string, bucket: string, prefix: string): Promise<ListedObject[]> {
  const folder = bucketFolder(root, bucket);
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const objects: ListedObject[] = [];
  for (const entry of entries.filter((entry) => entry.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const stats = await plainStats(path);
    if (!stats) continue;
    const record = await readRecord(root, bucket, path, stats);
    const key =
      record?.key ??
      keyOfPath(
        path
          .slice(folder.length + 1)
          .split(sep)
          .join('/'),
      );
    if (!key.startsWith(prefix)) continue;
    const etag = record?.etag ?? (await md5Of(path, stats.size));
    objects.push({ key, etag, size: stats.size, lastModified: stats.mtime, metadata: record?.metadata ?? {} });
  }
  return objects.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
}
