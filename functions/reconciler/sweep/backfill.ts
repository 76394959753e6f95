/** Everything that a Transform would have taken, however old: asked for by hand, with the annotation of that name. */
import { createTransformIndex, type ResolvedTransform } from '../../../lib/transform/index.ts';
import { lookAt, type ObjectSweep } from './objects.ts';

/**
 * One round over all objects of a Transform, as far as the budget goes. A suspended one takes part: it was asked for.
 *
 * @param sweep its `known` are the ways that are in hand: what has failed is asked for again
 * @param after the key that the round before ended with
 * @returns the key that the next round goes on after; undefined when all were looked at
 * @throws Fault STORAGE_…, CREDENTIALS_MISSING, PUBLISH_FAILED
 */
export async function backfillObjects(
  sweep: ObjectSweep,
  transform: ResolvedTransform,
  after: string | undefined,
): Promise<string | undefined> {
  const { source, ref } = transform;
  const { endpoint, bucket, prefix } = source;
  const index = createTransformIndex([{ ...transform, suspend: false }]);
  const store = await sweep.store(endpoint, ref.namespace);
  const everything: ObjectSweep = { ...sweep, madeAt: () => 0 };
  let last = after;
  for await (const object of store.list(bucket, prefix, { after })) {
    const matches = index.match({ endpoint: endpoint.address, bucket, ...object });
    if (!sweep.budget.key() || !(await lookAt(everything, store, { bucket }, matches, object))) return last ?? '';
    last = object.key;
  }
  return undefined;
}
