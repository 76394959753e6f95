/** What the source object is at this moment, held against what the request says of it. */
import { Fault } from '../../lib/errors.ts';
import type { Requested } from '../../lib/events/types.ts';
import type { ObjectStat, ObjectStore } from '../../lib/storage/types.ts';

/**
 * The newest version of the source, which must still be the content that was asked for.
 *
 * @throws Fault SOURCE_GONE, SOURCE_SUPERSEDED
 */
export async function currentSource(store: ObjectStore, { source }: Requested, signal?: AbortSignal): Promise<ObjectStat> {
  const stat = await store.stat(source.bucket, source.key, { signal });
  if (stat === undefined) throw new Fault('SOURCE_GONE');
  if (stat.etag !== source.etag) throw new Fault('SOURCE_SUPERSEDED');
  return stat;
}
