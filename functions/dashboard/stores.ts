/** The storage servers, with the credentials of the settings, or of the Secrets that Transforms name. */
import { credentialsFrom } from '../../lib/runtime/index.ts';
import { createStoreCache, type StoreCache } from '../../lib/storage/index.ts';

/**
 * Undefined where there are no credentials to be had: then the page shows no media.
 *
 * @throws Fault SETTINGS_INVALID
 */
export function openStores(keys: { accessKey?: string; secretKey?: string }, env: NodeJS.ProcessEnv): StoreCache | undefined {
  const credentials = credentialsFrom(keys, env);
  return credentials && createStoreCache({ credentials });
}
