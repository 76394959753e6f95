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
  signal?: AbortSignal;
  filesInFlight?: number;
}

/**
 * Sends every file of `folder` under `prefix`: segments, then media playlists, then master playlists, each file whole or
 * not at all. Then removes what only the run before had, and last writes the manifest, which says that all is done: who
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
  { job, options, signal, filesInFlight = defaultSettings.filesInFlight }: DirectoryOptions,
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

  await removeOld(store, bucket, prefix, previous, manifest, signal);
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
  const metadata = object.metadata ?? (await store.stat(bucket, object.key))?.metadata;
  if (metadata?.['gst-job'] !== job) return undefined;
  return (await isEtagOf(object.etag, file.path, file.size)) ? object.etag : undefined;
}

/** Playlists go before what they point to. */
async function removeOld(
  store: ObjectStore,
  bucket: string,
  prefix: string,
  previous: Manifest | undefined,
  manifest: Manifest,
  signal?: AbortSignal,
): Promise<void> {
  const kept = new Set(manifest.files.map(({ name }) => name));
  const old = (previous?.files ?? []).map(({ name }) => name).filter((name) => !kept.has(name));
  const isPlaylist = (name: string) => /\.(m3u8?|mpd)$/.test(name);
  for (const name of [...old.filter(isPlaylist), ...old.filter((name) => !isPlaylist(name))]) {
    throwIfAborted(signal);
    await store.remove(bucket, prefix + name);
  }
}
