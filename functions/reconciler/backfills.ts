/** Backfills in hand: which Transforms are annotated, how far each has come, and the annotation taken off at its end. */
import type { CloudEvent } from 'cloudevents';
import { ulid } from 'ulid';
import { Fault } from '../../lib/errors.ts';
import type { Requested } from '../../lib/events/types.ts';
import { type KubeClient, resources } from '../../lib/kubernetes/index.ts';
import type { ResolvedTransform } from '../../lib/transform/index.ts';
import { type BackfillFound, backfillAnnotation, foundAnnotation, isDryRun } from './annotations.ts';
import { hasEnded, type JobRecord, transformId, transformIdOfJob, wayOf, wayOfJob } from './jobs.ts';
import { backfillObjects } from './sweep/backfill.ts';
import { createBudget, partOf } from './sweep/budget.ts';
import type { ObjectSweep } from './sweep/objects.ts';
import type { SweepDeps } from './sweep/sweep.ts';
import type { CheckedTransform } from './transforms.ts';

/** By `kind/namespace/name`: the key after which a backfill goes on. */
export type Backfills = Record<string, string>;

type Annotated = CheckedTransform & { transform: ResolvedTransform };

export function annotated(checked: readonly CheckedTransform[]): Annotated[] {
  return checked.filter(
    (one): one is Annotated => one.transform !== undefined && one.object.metadata.annotations?.[backfillAnnotation] !== undefined,
  );
}

export interface BackfillDeps extends Pick<SweepDeps, 'store' | 'publish' | 'eventKey' | 'limits' | 'log' | 'now'> {
  client: KubeClient;
  cause: CloudEvent<unknown>;
  jobs: readonly JobRecord[];
  atWork?: readonly Requested[];
}

/**
 * @returns how far those have come that are not done
 * @throws Fault PUBLISH_FAILED, KUBERNETES_FAILED
 */
export async function backfill(deps: BackfillDeps, asked: readonly Annotated[], before: Backfills): Promise<Backfills> {
  const { publish, eventKey, cause, limits, log } = deps;
  const now = deps.now();
  const budget = createBudget(limits);
  const inHand = deps.jobs.filter((job) => !hasEnded(job));
  const known = new Set([
    ...inHand.map(wayOfJob),
    ...(deps.atWork ?? []).map(({ transform, source }) => wayOf(transform, source)),
  ]);
  const asking = { publish, eventKey, cause, round: ulid(now.getTime()).toLowerCase() };
  const round: ObjectSweep = { store: deps.store, asking, budget, known, madeAt: () => 0, log, now, ...limits };
  const byTransform = Map.groupBy(inHand, transformIdOfJob);
  const next: Backfills = {};
  for (const { object, transform } of asked) {
    const id = transformId(transform.ref);
    const dry = isDryRun(object.metadata.annotations?.[backfillAnnotation]);
    try {
      const found = dry ? await wouldAsk({ ...round, budget: createBudget(limits) }, transform) : undefined;
      // what is asked for faster than it is done would wait in the Broker, or be given up there
      const free = Math.max(0, limits.looks - (byTransform.get(id)?.length ?? 0));
      const after = dry ? undefined : await backfillObjects({ ...round, budget: partOf(budget, free) }, transform, before[id]);
      if (after !== undefined) {
        next[id] = after;
        continue;
      }
      await takeOff(deps.client, transform, object.metadata.annotations?.[backfillAnnotation], found);
      log.info({ transform: id, ...(found && { objects: found.objects }) }, dry ? 'backfill looked at' : 'backfill done');
    } catch (error) {
      if (['PUBLISH_FAILED', 'KUBERNETES_FAILED'].includes(Fault.from(error).code)) throw error;
      log.warn({ err: error, transform: id }, 'backfill broke off');
      if (!dry) next[id] = before[id] ?? '';
    }
  }
  return next;
}

/** How many keys a dry run names: the annotations of an object have 256 KiB. */
const mostKeys = 50;

/** One round that asks nobody, and does not say that it did. */
async function wouldAsk(round: ObjectSweep, transform: ResolvedTransform): Promise<BackfillFound> {
  const keys: string[] = [];
  const asking = {
    ...round.asking,
    async publish({ data }: CloudEvent<unknown>) {
      keys.push((data as Requested).source.key);
    },
  };
  const log = round.log.child({}, { level: 'warn' });
  const after = await backfillObjects({ ...round, asking, log }, transform, undefined);
  return { objects: keys.length, more: after !== undefined, keys: keys.slice(0, mostKeys) };
}

/** A wish that came while this one was looked after has another value, and stays: its own event brings the next pass. */
async function takeOff(
  client: KubeClient,
  { ref: { kind, namespace, name } }: ResolvedTransform,
  wish: string | undefined,
  found?: BackfillFound,
): Promise<void> {
  const resource = kind === 'SplitTransform' ? resources.splitTransforms : resources.transforms;
  const metadata = (await client.get(resource, namespace, name))?.metadata;
  if (metadata?.annotations?.[backfillAnnotation] !== wish) return;
  const annotations = { [backfillAnnotation]: null, ...(found && { [foundAnnotation]: JSON.stringify(found) }) };
  await client.patch(resource, namespace, name, { metadata: { resourceVersion: metadata?.resourceVersion, annotations } });
}
