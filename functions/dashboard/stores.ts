/** The storage servers, with the credentials of the settings, or of the Secrets that Transforms name. */
import { createKubeClient, createSecretReader, type SecretReader } from '../../lib/kubernetes/index.ts';
import { settingsFault } from '../../lib/runtime/index.ts';
import { createStoreCache, type StoreCache, type StoreCacheOptions } from '../../lib/storage/index.ts';

/** How long a Secret is believed before it is read again, in milliseconds. */
const keepSecrets = 30_000;

/**
 * Undefined where there are no credentials to be had: then the page shows no media.
 *
 * @throws Fault SETTINGS_INVALID
 */
export function openStores(keys: { accessKey?: string; secretKey?: string }, env: NodeJS.ProcessEnv): StoreCache | undefined {
  const { accessKey, secretKey } = keys;
  if (accessKey !== undefined && secretKey !== undefined) {
    return createStoreCache({ credentials: async () => ({ accessKey, secretKey }) });
  }
  if (accessKey !== undefined || secretKey !== undefined) {
    throw settingsFault(['MINIO_ACCESS_KEY and MINIO_SECRET_KEY belong together: set both, or neither']);
  }
  if (!env.KUBERNETES_SERVICE_HOST && !env.KUBECONFIG) return undefined;
  return createStoreCache({ credentials: secretCredentials() });
}

function secretCredentials(): StoreCacheOptions['credentials'] {
  let reader: Promise<SecretReader> | undefined;
  return async ({ credentialsSecret }, namespace) => {
    reader ??= createKubeClient().then((client) => createSecretReader(client, { keep: keepSecrets }));
    const secrets = await reader.catch((error: unknown) => {
      reader = undefined; // the next one tries again
      throw error;
    });
    return secrets.credentials(namespace, credentialsSecret);
  };
}
