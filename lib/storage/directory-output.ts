/** An output of many files (HLS, DASH, thumbnails): no playlist ever points to a missing file. */
import { Fault } from '../errors.ts';
import { isEtagOf } from './etag.ts';
import { eachLimited } from './limited.ts';
import { checkNames, type Manifest, manifestKey, readManifest } from './manifest.ts';
import { type OutputFile, outputFiles } from './output-files.ts';
import { stages } from './playlist.ts';
import { throwIfAborted } from './retry.ts';
import { defaultSettings } from './settings.ts';
import type { ListedObject, ObjectStore, StoredObject, WriteOptions } from './types.ts';

export interface DirectoryOptions {
  job: string;
  /** Content type and metadata of the object at `key`. For files to be found again by a later try, `gst-job` is the job. */
  options: (key: string) => WriteOptions;
  /** Whether an object under the prefix is of an earlier run of this very output, by its metadata: one that did not come to its manifest. */
  isOurs?: (key: string, metadata: Record<string, string>) => boolean;
  signal?: AbortSignal;
  filesInFlight?: number;
}

/**
 * Sends every file of `folder` under `prefix`: segments, then media playlists, then master playlists, each file whole or
 * not at all. Then removes what only runs before had, and last writes the manifest, which says that all is done: who
 * is stopped on the way can do it all again, and sends only what is not there yet.
 *
 * @returns the manifest object
 * @throws Fault OUTPUT_EMPTY where the folder holds no file, STORAGE_…
 */
export async function uploadDirectory(
  store: ObjectStore,
  bucket: string,
  prefix: string,
  folder: string,
  { job, options, isOurs = () => false, signal, filesInFlight = defaultSettings.filesInFlight }: DirectoryOptions,
): Promise<StoredObject> {
  const files = await outputFiles(folder);
  if (files.length === 0) throw new Fault('OUTPUT_EMPTY', { key: prefix });
  checkNames(files.map(({ name }) => name));
  const previous = await readManifest(store, bucket, prefix);
  const there = await listed(store, bucket, prefix);

  const manifest: Manifest = { job, files: [] };
  for (const stage of stages) {
    await eachLimited(
      files.filter((file) => file.stage === stage),
      filesInFlight,
      async (file) => {
        throwIfAborted(signal);
        const key = prefix + file.name;
        const write = options(key);
        const etag =
          (await sameAs(store, bucket, there.get(key), file, job)) ?? (await send(store, bucket, key, file, write, signal));
        manifest.files.push({ name: file.name, size: file.size, etag, contentType: write.contentType });
      },
    );
  }
  manifest.files.sort((a, b) => (a.name < b.name ? -1 : 1));

  const kept = new Set(manifest.files.map(({ name }) => prefix + name).concat(manifestKey(prefix)));
  const old = new Set((previous?.files ?? []).map(({ name }) => prefix + name));
  for (const object of there.values()) {
    if (kept.has(object.key) || old.has(object.key)) continue;
    if (isOurs(object.key, await metadataOf(store, bucket, object))) old.add(object.key);
  }
  await remove(
    store,
    bucket,
    [...old].filter((key) => !kept.has(key)),
    signal,
  );
  throwIfAborted(signal);
  const key = manifestKey(prefix);
  const body = Buffer.from(`${JSON.stringify(manifest, undefined, 1)}\n`);
  return store.put(bucket, key, body, { ...options(key), contentType: 'application/json' });
}

async function send(
  store: ObjectStore,
  bucket: string,
  key: string,
  file: OutputFile,
  write: WriteOptions,
  signal?: AbortSignal,
): Promise<string> {
  // a playlist may name an empty file; only as the one file of an output is it a failure
  if (file.size === 0) return (await store.put(bucket, key, new Uint8Array(0), write)).etag;
  const upload = store.upload(bucket, key, file.path, write);
  try {
    await upload.finish(signal);
    return (await upload.complete(signal)).etag;
  } catch (error) {
    await upload.abort();
    throw error;
  }
}

async function listed(store: ObjectStore, bucket: string, prefix: string): Promise<Map<string, ListedObject>> {
  const objects = new Map<string, ListedObject>();
  for await (const object of store.list(bucket, prefix)) objects.set(object.key, object);
  return objects;
}

/** The etag of what an earlier try of this job has sent already, if it is this very file. */
async function sameAs(
  store: ObjectStore,
  bucket: string,
  object: ListedObject | undefined,
  file: OutputFile,
  job: string,
): Promise<string | undefined> {
  if (object?.size !== file.size) return undefined;
  if ((await metadataOf(store, bucket, object))['gst-job'] !== job) return undefined;
  return (await isEtagOf(object.etag, file.path, file.size)) ? object.etag : undefined;
}

/** A listing of MinIO brings it along. */
async function metadataOf(store: ObjectStore, bucket: string, { key, metadata }: ListedObject): Promise<Record<string, string>> {
  return metadata ?? (await store.stat(bucket, key))?.metadata ?? {};
}

/** Playlists go before what they point to. */
async function remove(store: ObjectStore, bucket: string, keys: string[], signal?: AbortSignal): Promise<void> {
  const isPlaylist = (key: string) => /\.(m3u8?|mpd)$/.test(key);
  for (const key of [...keys.filter(isPlaylist), ...keys.filter((key) => !isPlaylist(key))]) {
    throwIfAborted(signal);
    await store.remove(bucket, key);
  }
}
