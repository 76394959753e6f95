/** Kubernetes, as far as the functions need it. Importing this loads no client: `createKubeClient` does. */
export { createKubeClient, type KubeClient, type ListQuery } from './client.ts';
export { type Condition, changedConditions } from './conditions.ts';
export { isNamespaceGone, kubernetesFault, statusOf } from './faults.ts';
export { apiVersion, type KubeObject, type Resource, resources } from './resources.ts';
export { createSecretReader, type SecretCredentials, type SecretOptions, type SecretReader } from './secrets.ts';
export { type TransformObject, writeTransformStatus } from './transform-status.ts';
export { type WatchedObjects, type WatchOptions, watchObjects } from './watch.ts';
