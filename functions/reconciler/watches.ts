/** Which buckets are watched, and by whom. */
import type { Endpoint } from '../../lib/events/types.ts';
import type { ResolvedTransform } from '../../lib/transform/types.ts';

/** One bucket of one server, with all that want to hear of it. */
export interface BucketWatch {
  address: string;
  bucket: string;
  prefixes: string[];
  /** Each way to reach the server, once: the rules of a bucket are one thing, whoever sets them. */
  readers: Reader[];
  transforms: ResolvedTransform[];
}

export interface Reader {
  endpoint: Endpoint;
  /** Where its Secret is. */
  namespace: string;
}

export function readerId({ endpoint, namespace }: Reader): string {
  return JSON.stringify([endpoint, namespace]);
}

export function readerOf({ ref, source }: ResolvedTransform): Reader {
  return { endpoint: source.endpoint, namespace: ref.namespace };
}

export function watchId({ address, bucket }: { address: string; bucket: string }): string {
  return `${address}/${bucket}`;
}

export function watchIdOf({ source: { endpoint, bucket } }: ResolvedTransform): string {
  return watchId({ address: endpoint.address, bucket });
}

/** In the order of their names, so that each pass does the same. */
export function bucketWatches(transforms: readonly ResolvedTransform[]): BucketWatch[] {
  const grouped = Map.groupBy(transforms, watchIdOf);
  return [...grouped.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, members]) => {
      const { endpoint, bucket } = (members[0] as ResolvedTransform).source;
      const readers = new Map(members.map((member) => [readerId(readerOf(member)), readerOf(member)]));
      return {
        address: endpoint.address,
        bucket,
        prefixes: [...new Set(members.map(({ source }) => source.prefix))].sort(),
        readers: [...readers.values()],
        transforms: members,
      };
    });
}
