/** Makes watched buckets tell of new objects, and those that nobody watches any more be silent. */
import type { Logger } from 'pino';
import { Fault } from '../../lib/errors.ts';
import type { Endpoint } from '../../lib/events/types.ts';
import type { Condition } from '../../lib/kubernetes/index.ts';
import { ensureNotifications, type MinioStore } from '../../lib/storage/index.ts';
import { type BucketWatch, type Reader, readerId, watchId } from './watches.ts';

export interface NotificationDeps {
  /** The store behind an endpoint, with the credentials that the namespace names. */
  store: (endpoint: Endpoint, namespace: string) => Promise<MinioStore>;
  arn: string;
  log: Logger;
}

/** A bucket whose rules we have set, and how it was reached: all that is left of it once its Transforms are gone. */
export interface WatchedBucket extends Reader {
  bucket: string;
}

const watched: Condition = { type: 'Notifications', status: 'True', reason: 'Set', message: 'MinIO tells of new objects.' };

/** What became of a bucket, for each of those who watch it. */
export type Told = (reader: Reader) => Condition;

/** By the id of the watch. One after the other: MinIO has no compare-and-swap here. */
export async function setNotifications(deps: NotificationDeps, watches: readonly BucketWatch[]): Promise<Map<string, Told>> {
  const told = new Map<string, Told>();
  for (const watch of watches) told.set(watchId(watch), await setOne(deps, watch));
  return told;
}

/** Whoever may sets the rules for all; who has no usable Secret is told so all the same, for his uploads come to nothing. */
async function setOne(deps: NotificationDeps, { bucket, prefixes, readers }: BucketWatch): Promise<Told> {
  const faults = new Map<string, Fault>();
  let set = false;
  for (const reader of readers) {
    const { endpoint, namespace } = reader;
    try {
      const store = await deps.store(endpoint, namespace);
      if (set) continue;
      if (await ensureNotifications(store, bucket, prefixes, deps.arn)) {
        deps.log.info({ bucket, address: endpoint.address, prefixes }, 'notifications set');
      }
      set = true;
    } catch (error) {
      const fault = Fault.from(error);
      deps.log.warn({ err: fault, bucket, namespace }, 'notifications not set');
      faults.set(readerId(reader), fault);
    }
  }
  return (reader) => {
    const fault = faults.get(readerId(reader));
    if (fault?.code === 'CREDENTIALS_MISSING') return refused(fault);
    return set ? watched : refused(fault ?? new Fault('INTERNAL', { cause: 'nobody watches the bucket' }));
  };
}

/** Not allowed is an answer; not reached is none. */
function refused(fault: Fault): Condition {
  const status = fault.code === 'STORAGE_UNREACHED' || fault.code === 'STORAGE_FAILED' ? 'Unknown' : 'False';
  const reason = fault.code
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  return { type: 'Notifications', status, reason, message: `${fault.message} ${fault.remedy}` };
}

/**
 * Takes our rules from buckets that were watched and are no more.
 *
 * @returns those to try again: whose server was not there
 */
export async function dropNotifications(deps: NotificationDeps, gone: readonly WatchedBucket[]): Promise<WatchedBucket[]> {
  const left: WatchedBucket[] = [];
  for (const bucket of gone) {
    try {
      const store = await deps.store(bucket.endpoint, bucket.namespace);
      if (await ensureNotifications(store, bucket.bucket, [], deps.arn)) {
        deps.log.info({ bucket: bucket.bucket, address: bucket.endpoint.address }, 'notifications removed');
      }
    } catch (error) {
      const fault = Fault.from(error);
      deps.log.warn({ err: fault, bucket: bucket.bucket }, 'notifications not removed');
      if (fault.code === 'STORAGE_UNREACHED' || fault.code === 'STORAGE_FAILED') left.push(bucket);
    }
  }
  return left;
}
