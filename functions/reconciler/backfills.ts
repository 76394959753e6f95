/** Backfills in hand: which Transforms are annotated, how far each has come, and the annotation taken off at its end. */
import type { CloudEvent } from 'cloudevents';
import { ulid } from 'ulid';
import { Fault } from '../../lib/errors.ts';
import type { Requested } from '../../lib/events/types.ts';
import { type KubeClient, resources } from '../../lib/kubernetes/index.ts';
import type { ResolvedTransform } from '../../lib/transform/index.ts';
import { backfillAnnotation } from './annotations.ts';
import { hasEnded, type JobRecord, wayOf, wayOfJob } from './jobs.ts';
import { backfillObjects } from './sweep/backfill.ts';
import { createBudget } from './sweep/budget.ts';
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
  const known = new Set([
    ...deps.jobs.filter((job) => !hasEnded(job)).map(wayOfJob),
    ...(deps.atWork ?? []).map(({ transform, source }) => wayOf(transform, source)),
  ]);
  const asking = { publish, eventKey, cause, round: ulid(now.getTime()).toLowerCase() };
  const next: Backfills = {};
  for (const { object, transform } of asked) {
    const { kind, namespace, name } = transform.ref;
    const id = `${kind}/${namespace}/${name}`;
    const from = before[id];
    const after = await backfillObjects(
      { store: deps.store, asking, budget, known, madeAt: () => 0, log, now, ...limits },
      transform,
      from,
    ).catch((error: unknown) => {
      if (['PUBLISH_FAILED', 'KUBERNETES_FAILED'].includes(Fault.from(error).code)) throw error;
      log.warn({ err: error, transform: id }, 'backfill broke off');
      return from ?? '';
    });
    if (after !== undefined) {
      next[id] = after;
      continue;
    }
    const resource = kind === 'SplitTransform' ? resources.splitTransforms : resources.transforms;
    await deps.client.patch(resource, namespace, object.metadata.name, {
      metadata: { annotations: { [backfillAnnotation]: null } },
    });
    log.info({ transform: id }, 'backfill done');
  }
  return next;
}
