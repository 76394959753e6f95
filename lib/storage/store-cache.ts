/** One store for each endpoint and set of credentials, so that connections are kept from one object to the next. */
import { createHash } from 'node:crypto';
import type { Endpoint } from '../events/types.ts';
import type { Credentials } from './connection.ts';
import { createMinioStore, type MinioStore, type MinioStoreOptions } from './minio-store.ts';

export interface StoreCacheOptions extends MinioStoreOptions {
  /** Asked each time, so that a changed Secret counts at once; the asking may itself be cached. Rejects with a Fault. */
  credentials: (endpoint: Endpoint, namespace: string) => Promise<Credentials>;
}

export interface StoreCache {
  /** Owned by the cache: not for the caller to close. */
  store(endpoint: Endpoint, namespace: string): Promise<MinioStore>;
  close(): void;
}

const maxStores = 64; // the one that was used longest ago goes first; its idle connections end by themselves

export function createStoreCache({ credentials, ...options }: StoreCacheOptions): StoreCache {
  const stores = new Map<string, MinioStore>();
  return {
    async store(endpoint, namespace) {
      const secret = await credentials(endpoint, namespace);
      const key = cacheKey(endpoint, secret);
      const store = stores.get(key) ?? createMinioStore(endpoint, secret, options);
      stores.delete(key);
      stores.set(key, store);
      const [oldest] = stores.keys();
      // not closed: it may have work in hand
      if (stores.size > maxStores && oldest !== undefined) stores.delete(oldest);
      return store;
    },
    close() {
      for (const store of stores.values()) store.close();
      stores.clear();
    },
  };
}

function cacheKey(
  { address, tls, ca, skipVerify, region }: Endpoint,
  { accessKey, secretKey, sessionToken }: Credentials,
): string {
  const parts = [address, tls, ca, skipVerify, region, accessKey, secretKey, sessionToken];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}
