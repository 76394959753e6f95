/** Objects as files below a folder, for one machine without MinIO: `root/<bucket>/<key>`. */
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { Fault } from '../errors.ts';
import { directoryFault } from './directory-faults.ts';
import { listFolder, plainStats } from './directory-listing.ts';
import { directoryUpload } from './directory-upload.ts';
import { type Draft, draftsIn } from './drafts.ts';
import { md5 } from './etag.ts';
import { readRange, sizeOf } from './file-range.ts';
import { pathOfKey } from './key-path.ts';
import { objectHeaders } from './metadata.ts';
import { readRecord, removeRecord, writeRecord } from './object-record.ts';
import type { ObjectStat, ObjectStore, StoredObject, WriteOptions } from './types.ts';

/**
 * An ObjectStore with the semantics of the one on MinIO: writes are atomic, etags are the MD5 of the content. A bucket
 * comes into being with its first object, and files that were put there by other means are objects too.
 */
export function createDirectoryStore(folder: string): ObjectStore {
  const root = resolve(folder);
  const drafts = draftsIn(root);
  const pathOf = (bucket: string, key: string) => join(bucketFolder(root, bucket), pathOfKey(key));
  const guarded = <T>(bucket: string, key: string, work: () => Promise<T>): Promise<T> =>
    work().catch((error: unknown) => {
      throw directoryFault(error, { address: root, bucket, key });
    });

  const describe = async (bucket: string, key: string): Promise<ObjectStat | undefined> => {
    const path = pathOf(bucket, key);
    const stats = await plainStats(path);
    if (!stats) return undefined;
    const record = await readRecord(root, bucket, path, stats);
    const { etag = await md5(path, { start: 0, length: stats.size }), contentType, metadata = {} } = record ?? {};
    return { etag, size: stats.size, contentType, lastModified: stats.mtime, metadata };
  };

  const publish = async (bucket: string, key: string, draft: Draft, options: WriteOptions): Promise<StoredObject> => {
    const { contentType, cacheControl } = options;
    objectHeaders(key, options); // what MinIO would refuse is refused here
    const metadata = Object.fromEntries(Object.entries(options.metadata).map(([name, value]) => [name.toLowerCase(), value]));
    const path = pathOf(bucket, key);
    await mkdir(dirname(path), { recursive: true });
    await rename(draft.path, path);
    const { size, mtimeMs, ino } = await stat(path);
    const record = { key, etag: draft.etag, contentType, cacheControl, metadata, size, modified: mtimeMs, inode: ino };
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
    upload: (bucket, key, path, options) =>
      directoryUpload({
        draft: (onBytes, signal) =>
          guarded(bucket, key, async () => {
            const length = await sizeOf(path);
            if (length === 0) throw new Fault('OUTPUT_EMPTY', { key });
            return drafts.write(
              bucket,
              key,
              readRange(path, { start: 0, length }, () => {}),
              onBytes,
              signal,
            );
          }),
        publish: (draft) => guarded(bucket, key, () => publish(bucket, key, draft, options)),
      }),
    put: (bucket, key, body, options) =>
      guarded(bucket, key, async () => {
        const draft = await drafts.write(bucket, key, Readable.from([Buffer.from(body)]), () => {});
        try {
          return await publish(bucket, key, draft, options);
        } catch (error) {
          await rm(draft.path, { force: true });
          throw error;
        }
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
    async *list(bucket, prefix, { after = '' } = {}) {
      const objects = await guarded(bucket, prefix, () => listFolder(root, bucket, bucketFolder(root, bucket), prefix));
      yield* objects.filter(({ key }) => Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0);
    },
    abortStale: (bucket, key, olderThan) => guarded(bucket, key, () => drafts.removeStale(bucket, key, olderThan)),
    close() {},
  };
}

/** Any name that cannot climb out of the root, nor be the hidden folder. */
function bucketFolder(root: string, bucket: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(bucket)) throw new Fault('STORAGE_NO_BUCKET', { bucket, address: root });
  return join(root, bucket);
}
