/** One round of the sweep: Jobs whose time has come, then objects that nobody asked for; as far as the budget goes. */
import type { CloudEvent } from 'cloudevents';
import type { Logger } from 'pino';
import { ulid } from 'ulid';
import { Fault } from '../../../lib/errors.ts';
import type { Publish } from '../../../lib/events/index.ts';
import type { Endpoint, Requested } from '../../../lib/events/types.ts';
import type { KubeClient } from '../../../lib/kubernetes/index.ts';
import type { ObjectStore } from '../../../lib/storage/index.ts';
import type { ResolvedTransform } from '../../../lib/transform/types.ts';
import { type JobRecord, wayOf, wayOfJob } from '../jobs.ts';
import { createBudget, partOf } from './budget.ts';
import { sweepDueJobs } from './due-jobs.ts';
import { sweepObjects } from './objects.ts';
import { type Positions, placeId, placesOf, positionOf } from './position.ts';

export interface SweepLimits {
  /** Milliseconds. */
  grace: number;
  overlap: number;
  silence: number;
  /** Most keys that are listed in one round, and most objects and Jobs that are looked at one by one. */
  keys: number;
  looks: number;
}

export interface SweepDeps {
  client: KubeClient;
  store: (endpoint: Endpoint, namespace: string) => Promise<ObjectStore>;
  publish: Publish;
  eventKey: string;
  cause: CloudEvent<unknown>;
  jobs: readonly JobRecord[];
  /** What Kubernetes Jobs are there for: it may take longer than anything is silent, or wait for a node. */
  atWork?: readonly Requested[];
  /** When a Transform was made, in milliseconds since the epoch. */
  madeAt: (transform: ResolvedTransform) => number;
  positions: Positions;
  limits: SweepLimits;
  log: Logger;
  now: () => Date;
}

/**
 * @returns where the next round begins; places that nobody watches any more are left out
 * @throws Fault PUBLISH_FAILED, KUBERNETES_FAILED
 */
export async function sweep(deps: SweepDeps, transforms: readonly ResolvedTransform[]): Promise<Positions> {
  const { client, publish, eventKey, cause, limits, log, positions } = deps;
  const now = deps.now();
  const budget = createBudget(limits);
  const asking = { publish, eventKey, cause, round: ulid(now.getTime()).toLowerCase() };
  const atWork = deps.atWork ?? [];
  const active = transforms.filter(({ suspend }) => !suspend);
  const busy = new Set(atWork.map(({ job, transform }) => `${transform.namespace}/${job}`));
  const idle = deps.jobs.filter(({ metadata: { namespace, name } }) => !busy.has(`${namespace}/${name}`));
  // a long queue of Jobs must not keep the sweep from objects that nobody has asked for
  const part = partOf(budget, Math.ceil(limits.looks / 2));
  await sweepDueJobs({ client, asking, budget: part, log, now, silence: limits.silence }, idle, active);
  const known = new Set([...deps.jobs.map(wayOfJob), ...atWork.map(({ transform, source }) => wayOf(transform, source))]);
  const next: Positions = {};
  for (const place of placesOf(active)) {
    const position = positionOf(positions, place, now);
    const { bucket, prefix, namespace } = place;
    next[placeId(place)] = await sweepObjects(
      { store: deps.store, asking, budget, known, madeAt: deps.madeAt, log, now, ...limits },
      place,
      position,
      active,
    ).catch((error: unknown) => {
      // the Broker or the API server is the same for all; one bucket is not
      if (['PUBLISH_FAILED', 'KUBERNETES_FAILED'].includes(Fault.from(error).code)) throw error;
      log.warn({ err: error, bucket, prefix, namespace }, 'place not swept');
      return position;
    });
  }
  return next;
}
