/**
 * What the Transforms of a folder ask of MinIO: buckets, and notifications for the prefixes that they watch. Kept so while
 * the folder changes; in a cluster the reconciler does this.
 */
import type { Logger } from 'pino';
import { ensureNotifications, type MinioStore, minimalPrefixes } from '../../lib/storage/index.ts';
import { type ResolvedTransform, resolve, watchTransformFolder } from '../../lib/transform/index.ts';

export interface WatchedPrefix {
  transform: string;
  bucket: string;
  prefix: string;
}

export interface Watched {
  /** Of the Transforms that name this MinIO. */
  prefixes(): readonly WatchedPrefix[];
  close(): Promise<void>;
}

export interface WatchedOptions {
  folder: string;
  store: MinioStore;
  arn: string;
  log: Logger;
}

/** Resolves when MinIO is as the Transforms ask; rejects where it cannot be made so. */
export async function keepWatched({ folder, store, arn, log }: WatchedOptions): Promise<Watched> {
  const { address } = store.connection.endpoint;
  const notified = new Set<string>();
  const elsewhere = new Set<string>();
  let prefixes: WatchedPrefix[] = [];
  let work: Promise<void> = Promise.resolve();

  const apply = async () => {
    // the dispatcher tells what is wrong with those that are left out
    const transforms = folderOfTransforms.resources().flatMap((resource) => resolve(resource).transform ?? []);
    const here = transforms.filter(({ source }) => source.endpoint.address === address);
    for (const { ref, source } of transforms) {
      const name = `${ref.namespace}/${ref.name}`;
      const known = elsewhere.has(name);
      elsewhere.delete(name);
      if (source.endpoint.address === address) continue;
      elsewhere.add(name);
      const hint = `use --endpoint-alias ${source.endpoint.address} to run it on the MinIO of dev`;
      if (!known)
        log.warn({ transform: name, endpoint: source.endpoint.address }, `Transform of another MinIO, not run; ${hint}`);
    }
    for (const bucket of bucketsOf(here, address)) await ensureBucket(store, bucket);
    const wanted = Map.groupBy(here, ({ source }) => source.bucket);
    for (const bucket of new Set([...wanted.keys(), ...notified])) {
      const watched = minimalPrefixes((wanted.get(bucket) ?? []).map(({ source }) => source.prefix));
      const changed = await ensureNotifications(store, bucket, watched, arn);
      if (changed) log.info({ bucket, prefixes: watched }, 'notifications set');
      if (watched.length > 0) notified.add(bucket);
      else notified.delete(bucket);
    }
    prefixes = here.map(({ ref, source: { bucket, prefix } }) => ({ transform: ref.name, bucket, prefix }));
  };
  const folderOfTransforms = await watchTransformFolder(folder, {
    onChange() {
      work = work.then(apply).catch((error: unknown) => log.warn({ err: error }, 'MinIO not made as the Transforms ask'));
    },
    log,
  });
  try {
    await apply();
  } catch (error) {
    await folderOfTransforms.close();
    throw error;
  }
  return {
    prefixes: () => prefixes,
    async close() {
      await folderOfTransforms.close();
      await work;
    },
  };
}

/** Sources and sinks, as far as they are on this server. */
function bucketsOf(transforms: ResolvedTransform[], address: string): Set<string> {
  const places = transforms.flatMap(({ source, sinks }) => [source, ...sinks]);
  return new Set(places.filter(({ endpoint }) => endpoint.address === address).map(({ bucket }) => bucket));
}

async function ensureBucket({ connection }: MinioStore, bucket: string): Promise<void> {
  await connection.call({ bucket }, async (client) => {
    if (!(await client.bucketExists(bucket))) await client.makeBucket(bucket);
  });
}
