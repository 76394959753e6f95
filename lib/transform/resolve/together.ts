/** What only several Transforms together get wrong: rings in which each feeds the next. */
import type { Finding, Place } from '../../finding.ts';
import { createTransformIndex } from '../match/transform-index.ts';
import { outputKey } from '../output-key.ts';
import type { ResolvedTransform } from '../types.ts';
import { probe, probeNames } from './key-template.ts';

/** A warning for each Transform in a ring; `place` tells where it stands. Those that feed themselves are told by `resolve`. */
export function checkTogether(
  transforms: readonly ResolvedTransform[],
  place: (transform: ResolvedTransform) => Place | undefined = () => undefined,
): Finding[] {
  const index = createTransformIndex(transforms);
  const next = new Map(transforms.map((transform) => [transform, fedBy(transform, index.match)]));
  return rings(transforms, (transform) => next.get(transform) ?? []).flatMap((ring) =>
    ring.map((transform, at): Finding => {
      const names = [...ring.slice(at), ...ring.slice(0, at + 1)].map(({ ref }) => `${ref.namespace}/${ref.name}`);
      const message = `${names.join(' → ')} feed each other: an object goes round once, then the loop rule skips it`;
      return { severity: 'warning', rule: 'ring', path: 'spec', message, ...place(transform) };
    }),
  );
}

/** The others that take what `transform` writes. */
function fedBy(transform: ResolvedTransform, match: ReturnType<typeof createTransformIndex>['match']): ResolvedTransform[] {
  const [name = 'a.mkv'] = probeNames(transform);
  const fed = new Set<ResolvedTransform>();
  for (const sink of transform.sinks) {
    let key: string;
    try {
      key = outputKey(sink, probe(transform, name));
    } catch {
      continue; // told by resolve
    }
    if (key.endsWith('/')) key += 'file';
    for (const other of match({ endpoint: sink.endpoint.address, bucket: sink.bucket, key, size: 1 }))
      if (other !== transform) fed.add(other);
  }
  return [...fed];
}

/** Strongly connected components of more than one (Tarjan), each in the order in which they feed. Without recursion: chains may be long. */
function rings<Item>(items: readonly Item[], next: (item: Item) => Item[]): Item[][] {
  const order = new Map<Item, number>();
  const low = new Map<Item, number>();
  const stack: Item[] = [];
  const waiting = new Set<Item>();
  const found: Item[][] = [];
  const lower = (item: Item, to: number) => low.set(item, Math.min(low.get(item) ?? to, to));
  const visit = (item: Item) => {
    order.set(item, order.size);
    lower(item, order.size - 1);
    stack.push(item);
    waiting.add(item);
    return { item, todo: [...next(item)] };
  };
  for (const root of items) {
    if (order.has(root)) continue;
    const path = [visit(root)];
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const child = top.todo.shift();
      if (child !== undefined) {
        if (!order.has(child)) path.push(visit(child));
        else if (waiting.has(child)) lower(top.item, order.get(child) ?? 0);
        continue;
      }
      path.pop();
      const above = path.at(-1);
      if (above) lower(above.item, low.get(top.item) ?? 0);
      if (low.get(top.item) !== order.get(top.item)) continue;
      const ring = stack.splice(stack.lastIndexOf(top.item));
      for (const item of ring) waiting.delete(item);
      if (ring.length > 1) found.push(ring);
    }
  }
  return found;
}
