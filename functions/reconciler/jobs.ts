/** Job records, as far as the reconciler reads them. */
import type { JobRecord } from '../../lib/jobs/index.ts';

export type { JobRecord };

export function hasEnded({ status }: JobRecord): boolean {
  return status?.state === 'Finished' || status?.state === 'Failed';
}

/** One Transform of all kinds and namespaces. */
export function transformId({ kind, namespace, name }: { kind: string; namespace: string; name: string }): string {
  return `${kind}/${namespace}/${name}`;
}

export function transformIdOfJob({ metadata, spec }: JobRecord): string {
  const { kind, name } = spec.pipelineRef;
  return transformId({ kind, namespace: metadata.namespace, name });
}

/** The same object on its way through the same Transform, whatever the Transform's work was then. */
export function wayOf(
  transform: { kind: string; namespace: string; name: string },
  object: { key: string; etag: string },
): string {
  return JSON.stringify([transform.kind, transform.namespace, transform.name, object.key, object.etag]);
}

export function wayOfJob({ metadata, spec }: JobRecord): string {
  const { kind, name } = spec.pipelineRef;
  return wayOf({ kind, name, namespace: metadata.namespace }, { key: spec.src.name, etag: spec.src.etag ?? '' });
}
