/** Where the credentials of a storage server come from. */
import type { Endpoint } from '../events/types.ts';
import type { SecretCredentials, SecretReader } from '../kubernetes/index.ts';
import { settingsFault } from './settings.ts';

export type CredentialsOf = (endpoint: Endpoint, namespace: string) => Promise<SecretCredentials>;

/**
 * The keys of the settings where there are any, for every server; else the Secret that the endpoint names, in the
 * namespace of the Transform; undefined where neither can be had. The Kubernetes client is loaded when the first Secret
 * is asked for.
 *
 * @throws Fault SETTINGS_INVALID where one key is set without the other
 */
export function credentialsFrom(
  { accessKey, secretKey }: { accessKey?: string; secretKey?: string },
  env: NodeJS.ProcessEnv,
): CredentialsOf | undefined {
  if (accessKey !== undefined && secretKey !== undefined) return async () => ({ accessKey, secretKey });
  if (accessKey !== undefined || secretKey !== undefined) {
    throw settingsFault(['MINIO_ACCESS_KEY and MINIO_SECRET_KEY belong together: set both, or neither']);
  }
  if (!env.KUBERNETES_SERVICE_HOST && !env.KUBECONFIG) return undefined;
  let reader: Promise<SecretReader> | undefined;
  const connect = async () => {
    const { createKubeClient, createSecretReader } = await import('../kubernetes/index.ts');
    return createSecretReader(await createKubeClient());
  };
  return async ({ credentialsSecret }, namespace) => {
    reader ??= connect();
    const secrets = await reader.catch((error: unknown) => {
      reader = undefined; // the next request tries again
      throw error;
    });
    return secrets.credentials(namespace, credentialsSecret);
  };
}
