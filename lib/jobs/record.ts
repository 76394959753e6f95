/** A Job record: what is known of one object on its way through one Transform. A Kubernetes resource, or a file like one. */
import type { KubeObject } from '../kubernetes/index.ts';
import type { JobSpec, JobStatus } from '../transform/schema/job.ts';

export type { JobSpec, JobStatus };
export type JobState = NonNullable<JobStatus['state']>;

export interface JobRecord extends KubeObject {
  metadata: KubeObject['metadata'] & { namespace: string };
  spec: JobSpec;
  /** Absent for a moment after the record was made. */
  status?: JobStatus;
}
