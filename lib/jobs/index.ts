/** Job records: what they hold, what an event makes of them, where they are kept. */
export { aboutJob } from './about.ts';
export { createFileJobStore } from './file-store.ts';
export { createKubernetesJobStore } from './kubernetes-store.ts';
export { jobLabels, labelsOf, labelValue } from './labels.ts';
export type { JobRecord, JobSpec, JobState, JobStatus } from './record.ts';
export { applyDeadLetter, applyResult, type DeadLetter, requestedRecord } from './reduce.ts';
export { isOlder } from './request-order.ts';
export { specOf } from './spec.ts';
export type { JobChange, JobQuery, JobStore } from './store.ts';
