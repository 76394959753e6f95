/** Job records, as far as the reconciler reads them. */
import type { KubeObject } from '../../lib/kubernetes/index.ts';
import type { JobSpec, JobStatus } from '../../lib/transform/schema/job.ts';

export interface JobRecord extends KubeObject {
  spec: JobSpec;
  status?: JobStatus;
}

export function hasEnded({ status }: JobRecord): boolean {
  return status?.state === 'Finished' || status?.state === 'Failed';
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
  return wayOf({ kind, name, namespace: metadata.namespace ?? 'default' }, { key: spec.src.name, etag: spec.src.etag ?? '' });
}
