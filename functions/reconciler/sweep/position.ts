/** How far the sweep has come in each place that it watches. */
import { createHash } from 'node:crypto';
import type { Endpoint } from '../../../lib/events/types.ts';
import { minimalPrefixes } from '../../../lib/storage/index.ts';
import type { ResolvedTransform } from '../../../lib/transform/types.ts';

/** A prefix of a bucket, reached in one way from one namespace: nobody is shown what his own Secret does not open. */
export interface Place {
  endpoint: Endpoint;
  namespace: string;
  bucket: string;
  prefix: string;
}

/** Times are RFC 3339. */
export interface Position {
  /** All that was last modified until then has been looked at. */
  since: string;
  /** Of a round that ended before it was through: where it goes on, and the end of its window. */
  rest?: { until: string; after: string; newest: string };
}

export type Positions = Record<string, Position>;

export function placesOf(transforms: readonly ResolvedTransform[]): Place[] {
  const grouped = Map.groupBy(transforms, wayTo);
  return [...grouped.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, members]) => {
      const { ref, source } = members[0] as ResolvedTransform;
      const { endpoint, bucket } = source;
      return minimalPrefixes(members.map((member) => member.source.prefix)).map((prefix) => ({
        endpoint,
        namespace: ref.namespace,
        bucket,
        prefix,
      }));
    });
}

/** Namespace, server with its Secret, and bucket: who shares them is looked after in one listing. */
export function wayTo({
  ref,
  source,
}: {
  ref: Pick<ResolvedTransform['ref'], 'namespace'>;
  source: Pick<ResolvedTransform['source'], 'endpoint' | 'bucket'>;
}): string {
  return JSON.stringify([ref.namespace, source.endpoint, source.bucket]);
}

/** The hash tells apart what reaches one server in several ways; it stands last, for positions were once kept without it. */
export function placeId({ endpoint, namespace, bucket, prefix }: Place): string {
  const way = createHash('sha256').update(JSON.stringify(endpoint)).digest('hex').slice(0, 16);
  return JSON.stringify([namespace, endpoint.address, bucket, prefix, way]);
}

/**
 * Where the sweep stands in `place`. One that is new begins now: what is older is for backfill. But where prefixes have
 * only become wider or narrower, it goes on from where the oldest of them stood.
 */
export function positionOf(positions: Positions, place: Place, now: Date): Position {
  const known = positions[placeId(place)];
  if (known) return known;
  const related = Object.entries(positions).filter(([id]) => {
    const [namespace, address, bucket, prefix] = JSON.parse(id) as [string, string, string, string];
    const same = namespace === place.namespace && address === place.endpoint.address && bucket === place.bucket;
    return same && (prefix.startsWith(place.prefix) || place.prefix.startsWith(prefix));
  });
  return { since: related.map(([, { since }]) => since).sort()[0] ?? now.toISOString() };
}

/** Milliseconds since the epoch; `from` is left out, `until` is not. */
export interface Window {
  from: number;
  until: number;
}

/**
 * What one round looks at. It reaches back behind the position, for clocks that are apart, but only as long as that is
 * news: an object at rest is looked at once, or a bad file would be tried again when its Job is gone.
 */
export function windowOf({ since, rest }: Position, now: Date, { grace, overlap }: { grace: number; overlap: number }): Window {
  const until = rest ? Date.parse(rest.until) : now.getTime() - grace;
  const looked = Date.parse(since);
  return { from: until - looked > overlap + grace ? looked : looked - overlap, until };
}
