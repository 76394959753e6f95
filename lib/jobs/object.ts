/** The object of a record, told in the way in which events tell of it: to ask for the job once more. */
import type { ObjectEvent } from '../events/types.ts';
import { createTransformIndex } from '../transform/match/transform-index.ts';
import type { ResolvedTransform } from '../transform/types.ts';
import type { JobSpec } from './record.ts';

/** An object whose content is known. */
export type KnownObject = ObjectEvent & { etag: string };

/**
 * Undefined where `transform` does not take the object (any more). Anybody in the cluster may have posted what a record was
 * made of, and a request is signed: so nothing is asked for because of a record that would not be asked for without it.
 */
export function objectOf(
  { metadata, spec: { src } }: { metadata: { creationTimestamp?: string }; spec: JobSpec },
  transform: ResolvedTransform,
): KnownObject | undefined {
  const { endpoint, bucket } = transform.source;
  if (src.etag === undefined || (src.config?.minio?.bucket ?? bucket) !== bucket) return undefined;
  const object: KnownObject = {
    eventName: 'ObjectCreated:Put',
    bucket,
    key: src.name,
    etag: src.etag,
    size: src.size ?? 0,
    versionId: src.versionId,
    contentType: src.contentType,
    // "now" of the key templates: another one would give the outputs other keys
    eventTime: src.eventTime ?? metadata.creationTimestamp ?? new Date(0).toISOString(),
    region: endpoint.region,
    userMetadata: {},
    endpoint: endpoint.address,
  };
  const [taken] = createTransformIndex([{ ...transform, suspend: false }]).match(object);
  return taken && object;
}
