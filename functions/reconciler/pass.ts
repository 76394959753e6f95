/** One pass over everything: what is there is held against what should be, whatever woke the reconciler. */
import type { CloudEvent } from 'cloudevents';
import type { Logger } from 'pino';
import { Fault } from '../../lib/errors.ts';
import type { Publish } from '../../lib/events/index.ts';
import type { Endpoint } from '../../lib/events/types.ts';
import { type KubeClient, resources, type TransformObject, writeTransformStatus } from '../../lib/kubernetes/index.ts';
import type { MinioStore } from '../../lib/storage/index.ts';
import type { ResolvedTransform, ResolveOptions } from '../../lib/transform/index.ts';
import { annotated, backfill } from './backfills.ts';
import { batchWork, tellFailed } from './batch-jobs.ts';
import type { JobRecord } from './jobs.ts';
import { keepRunners } from './keep-runners.ts';
import { dropNotifications, setNotifications, type Told, type WatchedBucket } from './notifications.ts';
import { expiredJobs, type Retention } from './retention.ts';
import { wantedRunners } from './runners.ts';
import type { State, StateStore } from './state.ts';
import { type SweepLimits, sweep } from './sweep/sweep.ts';
import { type CheckedTransform, checkTransforms, readyCondition, withKind } from './transforms.ts';
import { type BucketWatch, bucketWatches, readerOf, watchId, watchIdOf } from './watches.ts';

export interface PassDeps {
  client: KubeClient;
  store: (endpoint: Endpoint, namespace: string) => Promise<MinioStore>;
  publish: Publish;
  eventKey: string;
  /** Loaded when the first pass begins. */
  checking: () => ResolveOptions;
  systemNamespace: string;
  /** Undefined: notifications are left alone. */
  arn: string | undefined;
  /** Milliseconds. */
  keepRunners: number;
  retention: Retention;
  limits: SweepLimits;
  state: StateStore;
  log: Logger;
  now: () => Date;
}

/** What woke the reconciler: an event, or nothing but its own start; and whether the sweep's time has come. */
export interface Occasion {
  cause?: CloudEvent<unknown>;
  sweep: boolean;
}

/** Runs a part of a pass: undefined where it failed, which is told at the end of the pass. */
type Attempt = <T>(what: string, part: () => Promise<T>) => Promise<T | undefined>;

/**
 * What fails for one bucket or one Transform is told in its status, and stops no other.
 *
 * @throws Fault KUBERNETES_FAILED, PUBLISH_FAILED
 */
export async function pass(deps: PassDeps, { cause, sweep: sweeping }: Occasion): Promise<void> {
  const { client, log } = deps;
  const checked = checkTransforms(await listTransforms(client), deps.checking());
  const usable = checked.flatMap(({ transform }) => transform ?? []);
  const failures: unknown[] = [];
  // a part that fails is tried again by the next event; the others shall not wait for it
  const attempt: Attempt = async (what, part) => {
    try {
      return await part();
    } catch (error) {
      log.error({ err: error }, `${what} failed`);
      failures.push(error);
      return undefined;
    }
  };
  await attempt('keeping runners', () =>
    keepRunners({ client, namespace: deps.systemNamespace, keep: deps.keepRunners, log, now: deps.now }, wantedRunners(usable)),
  );
  const state = await deps.state.read();
  const watches = bucketWatches(usable);
  const notifications = await watchBuckets(deps, watches, state);
  await writeStatus(deps, checked, notifications, attempt);
  const backfilling = annotated(checked);
  if (cause && (sweeping || backfilling.length > 0)) {
    const jobs = await client.list<JobRecord>(resources.jobs);
    // unless it is known what is at work, all of that would be asked for once more
    const batch = await attempt('reading batch Jobs', () => batchWork(deps));
    const atWork = batch?.filter(({ failure }) => failure === undefined).map(({ request }) => request);
    if (batch) {
      await attempt('backfill', async () => {
        state.backfills = await backfill({ ...deps, cause, jobs, atWork }, backfilling, state.backfills);
      });
    }
    if (batch && sweeping) {
      await attempt('telling of failed batch Jobs', () => tellFailed(deps, batch, jobs));
      await attempt('sweep', async () => {
        const madeAt = creationTimes(checked);
        state.positions = await sweep({ ...deps, cause, jobs, atWork, madeAt, positions: state.positions }, usable);
      });
    }
    if (sweeping) await attempt('removing old Jobs', () => removeExpired(deps, jobs));
  }
  await attempt('keeping the position', () => deps.state.write(state));
  if (failures.length > 0) throw Fault.from(failures[0]);
  log.info({ transforms: checked.length, usable: usable.length, swept: sweeping }, 'pass done');
}

async function listTransforms(client: KubeClient): Promise<TransformObject[]> {
  const [transforms, splits] = await Promise.all([
    client.list<TransformObject>(resources.transforms),
    client.list<TransformObject>(resources.splitTransforms),
  ]);
  return [...withKind('transforms', transforms), ...withKind('splitTransforms', splits)];
}

async function watchBuckets({ arn, store, log }: PassDeps, watches: BucketWatch[], state: State): Promise<Map<string, Told>> {
  if (arn === undefined) return new Map();
  const told = await setNotifications({ store, arn, log }, watches);
  const wanted = new Set(watches.map(watchId));
  const idOf = ({ endpoint, bucket }: WatchedBucket) => watchId({ address: endpoint.address, bucket });
  const gone = state.watched.filter((one) => !wanted.has(idOf(one)));
  const left = await dropNotifications({ store, arn, log }, gone);
  const set = watches.flatMap((watch): WatchedBucket[] => {
    const reader = watch.readers.find((one) => told.get(watchId(watch))?.(one).status === 'True');
    return reader ? [{ bucket: watch.bucket, ...reader }] : [];
  });
  const seen = new Set(set.map(idOf));
  // whose rules cannot be seen now may have them all the same, and its Transforms may be gone before it is seen again
  const unseen = state.watched.filter((one) => wanted.has(idOf(one)) && !seen.has(idOf(one)));
  state.watched = [...set, ...unseen, ...left];
  return told;
}

async function writeStatus(
  { client, log, now }: PassDeps,
  checked: CheckedTransform[],
  notifications: Map<string, Told>,
  attempt: Attempt,
): Promise<void> {
  for (const one of checked) {
    const told = one.transform && notifications.get(watchIdOf(one.transform))?.(readerOf(one.transform));
    const conditions = [readyCondition(one), ...(told ? [told] : [])];
    const { namespace, name } = one.object.metadata;
    const write = () => writeTransformStatus(client, one.object, conditions, now);
    if (await attempt(`writing the status of ${namespace}/${name}`, write)) {
      log.info({ transform: `${namespace}/${name}`, ready: conditions[0]?.status }, 'status written');
    }
  }
}

function creationTimes(checked: CheckedTransform[]): (transform: ResolvedTransform) => number {
  const times = new Map(
    checked.map(({ object, transform }) => [transform, Date.parse(object.metadata.creationTimestamp ?? '') || 0]),
  );
  return (transform) => times.get(transform) ?? 0;
}

async function removeExpired({ client, retention, log, now }: PassDeps, jobs: JobRecord[]): Promise<void> {
  const expired = expiredJobs(jobs, retention, now());
  let removed = 0;
  for (const { metadata } of expired) {
    // one that was changed since it was listed may have been asked for once more
    if (await client.remove(resources.jobs, metadata.namespace, metadata.name, metadata)) removed++;
  }
  if (removed > 0) log.info({ jobs: removed }, 'old Jobs removed');
}
