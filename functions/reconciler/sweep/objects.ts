/** Objects whose event never came, or came to nothing: found by listing, asked for like any other. */
import type { Logger } from 'pino';
import { Fault } from '../../../lib/errors.ts';
import { chainOf, jobId } from '../../../lib/events/index.ts';
import type { Endpoint } from '../../../lib/events/types.ts';
import type { KnownObject } from '../../../lib/jobs/object.ts';
import { type ListedObject, manifestKey, type ObjectStore } from '../../../lib/storage/index.ts';
import { createTransformIndex, outputKey, type ResolvedTransform } from '../../../lib/transform/index.ts';
import { wayOf } from '../jobs.ts';
import { type AskOptions, ask, refuse } from './ask.ts';
import type { Budget } from './budget.ts';
import { type Place, type Position, type Window, wayTo, windowOf } from './position.ts';

export interface ObjectSweep {
  store: (endpoint: Endpoint, namespace: string) => Promise<ObjectStore>;
  asking: AskOptions;
  budget: Budget;
  /** Ways (jobs.ts) that have a Job, in hand or at its end. */
  known: ReadonlySet<string>;
  /** When a Transform was made, in milliseconds since the epoch: what is older is for backfill. */
  madeAt: (transform: ResolvedTransform) => number;
  log: Logger;
  now: Date;
  /** Milliseconds. */
  grace: number;
  overlap: number;
}

/**
 * One round over one place, as far as the budget goes.
 *
 * @returns where the next round begins
 * @throws Fault STORAGE_…, CREDENTIALS_MISSING, PUBLISH_FAILED
 */
export async function sweepObjects(
  sweep: ObjectSweep,
  place: Place,
  position: Position,
  transforms: readonly ResolvedTransform[],
): Promise<Position> {
  const window = windowOf(position, sweep.now, sweep);
  if (window.until <= window.from) return position;
  const { endpoint, namespace, bucket, prefix } = place;
  // others may take the same objects, but reach them in another way, and so from a place of their own
  const way = wayTo({ ref: { namespace }, source: { endpoint, bucket } });
  const index = createTransformIndex(transforms.filter((transform) => wayTo(transform) === way));
  const store = await sweep.store(endpoint, namespace);
  let after = position.rest?.after;
  let newest = Date.parse(position.rest?.newest ?? position.since);
  for await (const object of store.list(bucket, prefix, { after })) {
    const inside = isInside(object, window);
    if (
      !sweep.budget.key() ||
      (inside && !(await lookAt(sweep, store, place, index.match({ endpoint: endpoint.address, bucket, ...object }), object)))
    ) {
      const until = new Date(window.until).toISOString();
      // nothing was listed that had not been before: there is nothing new to write down
      if (after === undefined) return position;
      return { since: position.since, rest: { until, after, newest: new Date(newest).toISOString() } };
    }
    after = object.key;
    if (inside) newest = Math.max(newest, object.lastModified.getTime());
  }
  return { since: new Date(newest).toISOString() };
}

function isInside({ lastModified }: ListedObject, { from, until }: Window): boolean {
  return lastModified.getTime() > from && lastModified.getTime() <= until;
}

/**
 * Asks for `listed` by each of `matches` that has not been asked for it.
 *
 * @returns false where the budget was spent before all was looked at
 */
export async function lookAt(
  sweep: ObjectSweep,
  store: ObjectStore,
  { bucket }: Pick<Place, 'bucket'>,
  matches: ResolvedTransform[],
  listed: ListedObject,
): Promise<boolean> {
  for (const transform of matches) {
    if (sweep.known.has(wayOf(transform.ref, listed)) || listed.lastModified.getTime() < sweep.madeAt(transform)) continue;
    const object = objectOf(bucket, listed);
    if (chainOf(object).includes(`${transform.ref.namespace}/${transform.ref.name}`)) continue;
    if (!sweep.budget.look()) return false;
    try {
      if (await isFinished(sweep, store, transform, object)) continue;
      const asked = await ask(sweep.asking, transform, object);
      sweep.log.info({ ...asked, bucket, key: listed.key }, 'asked for an object that nobody asked for');
    } catch (error) {
      // what this object can never be asked for must not hold up the others
      const fault = Fault.from(error);
      if (fault.class !== 'permanent') throw error;
      sweep.log.warn({ err: fault, bucket, key: listed.key }, 'object cannot be asked for');
      await refuse(sweep.asking, transform, object, fault);
    }
  }
  return true;
}

/** Listings know neither version nor content type, and the time of the event only to the precision of LastModified. */
function objectOf(bucket: string, { key, etag, size, lastModified, metadata }: ListedObject): KnownObject {
  return {
    eventName: 'ObjectCreated:Put',
    bucket,
    key,
    etag,
    size,
    eventTime: lastModified.toISOString(),
    region: '',
    userMetadata: metadata ?? {},
  };
}

/** One finished output is enough: the others are there too, or the record of the job has told why not. */
async function isFinished(
  { store }: ObjectSweep,
  source: ObjectStore,
  transform: ResolvedTransform,
  object: KnownObject,
): Promise<boolean> {
  const job = jobId(transform, object);
  for (const sink of transform.sinks) {
    const key = outputKey(sink, object);
    const same = sink.endpoint.address === transform.source.endpoint.address;
    const target = same ? source : await store(sink.endpoint, transform.ref.namespace);
    const found = await target.stat(sink.bucket, key.endsWith('/') ? manifestKey(key) : key);
    if (found?.metadata['gst-job'] === job) return true;
  }
  return false;
}
