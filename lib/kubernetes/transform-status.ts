/** What a person reads of a Transform with kubectl. */
import type { KubeClient } from './client.ts';
import { type Condition, changedConditions } from './conditions.ts';
import { type KubeObject, resources } from './resources.ts';

export interface TransformObject extends KubeObject {
  status?: { conditions?: Condition[]; observedGeneration?: number };
}

/**
 * Writes the conditions of a Transform or SplitTransform, and only when they say something new: each write wakes the
 * reconciler once more.
 *
 * @returns whether something was written
 */
export async function writeTransformStatus(
  client: KubeClient,
  transform: TransformObject,
  wanted: readonly Condition[],
  now: () => Date = () => new Date(),
): Promise<boolean> {
  const { name, namespace = 'default', generation } = transform.metadata;
  const present = transform.status ?? {};
  const seen = wanted.map((condition) => ({
    ...condition,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  }));
  const changed = changedConditions(present.conditions ?? [], seen, now().toISOString());
  if (changed === undefined && present.observedGeneration === generation) return false;
  const status = { conditions: changed ?? present.conditions, observedGeneration: generation };
  const kind = transform.kind === resources.splitTransforms.kind ? resources.splitTransforms : resources.transforms;
  // where it has changed since, its next event brings the next pass
  return client.patch(
    kind,
    namespace,
    name,
    { metadata: { resourceVersion: transform.metadata.resourceVersion }, status },
    { status: true },
  );
}
