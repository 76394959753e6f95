/** A Job, as the lines of a log name it. */
import type { KubeObject } from '../kubernetes/index.ts';
import type { JobRecord } from './record.ts';

/** Undefined is what nobody knows yet: nothing has run. */
export function aboutJob({ metadata, spec, status }: Pick<JobRecord, 'spec' | 'status'> & Pick<KubeObject, 'metadata'>) {
  return {
    job: metadata.name,
    run: status?.run,
    transform: `${metadata.namespace}/${spec.pipelineRef.name}`,
    traceId: status?.traceId,
  };
}
