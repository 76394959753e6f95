/** Credentials by the name of a Secret, in one namespace: read when they are needed, kept for a while. */
import { Fault } from '../errors.ts';
import type { KubeClient } from './client.ts';
import { kubernetesFault, statusOf } from './faults.ts';

export interface SecretCredentials {
  accessKey: string;
  secretKey: string;
}

export interface SecretOptions {
  /** How long a Secret is believed before it is read again, in milliseconds; 30 s where it is not given. */
  keep?: number;
  now?: () => number;
}

export interface SecretReader {
  /** @throws Fault CREDENTIALS_MISSING */
  credentials(namespace: string, name: string): Promise<SecretCredentials>;
}

/** Only `get` by name is asked of the API server: who may read one Secret need not be able to list the others. */
export function createSecretReader(
  { core }: Pick<KubeClient, 'core'>,
  { keep = 30_000, now = Date.now }: SecretOptions = {},
): SecretReader {
  const kept = new Map<string, { until: number; value: Promise<SecretCredentials> }>();
  return {
    credentials(namespace, name) {
      const key = `${namespace}/${name}`;
      const found = kept.get(key);
      if (found && found.until > now()) return found.value;
      const value = read(core, namespace, name);
      kept.set(key, { until: now() + keep, value });
      // what failed is asked again at once: someone may just have created the Secret
      value.catch(() => {
        if (kept.get(key)?.value === value) kept.delete(key);
      });
      return value;
    },
  };
}

async function read(core: KubeClient['core'], namespace: string, name: string): Promise<SecretCredentials> {
  const secret = `${namespace}/${name}`;
  const found = await core.readNamespacedSecret({ namespace, name }).catch((error: unknown) => {
    const status = statusOf(error);
    if (status === 404) throw new Fault('CREDENTIALS_MISSING', { secret, cause: 'it does not exist' }, { cause: error });
    const fault = kubernetesFault(`read Secret ${secret}`, error);
    if (status !== 403) throw fault;
    throw new Fault('CREDENTIALS_MISSING', { secret, cause: 'this function may not read it' }, { cause: error });
  });
  const field = (key: string) => {
    const text = Buffer.from(found.data?.[key] ?? '', 'base64')
      .toString('utf8')
      .trim();
    if (text === '') throw new Fault('CREDENTIALS_MISSING', { secret, cause: `it has no ${key}` });
    return text;
  };
  return { accessKey: field('access-key-id'), secretKey: field('secret-access-key') };
}
