/** Credentials, without which nothing can be transcoded. */
import { type CredentialsOf, credentialsFrom } from '../../lib/runtime/credentials.ts';
import { settingsFault } from '../../lib/runtime/settings.ts';

/** @throws Fault SETTINGS_INVALID where none can be had */
export function requiredCredentials(keys: { accessKey?: string; secretKey?: string }, env: NodeJS.ProcessEnv): CredentialsOf {
  const credentials = credentialsFrom(keys, env);
  if (credentials) return credentials;
  throw settingsFault(['MINIO_ACCESS_KEY and MINIO_SECRET_KEY are required where there is no cluster to read Secrets from']);
}
