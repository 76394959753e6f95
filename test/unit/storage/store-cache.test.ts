import { describe, expect, it } from 'vitest';
import { Fault } from '../../../lib/errors.ts';
import type { Endpoint } from '../../../lib/events/types.ts';
import { type Credentials, createStoreCache } from '../../../lib/storage/index.ts';

const endpoint: Endpoint = { address: 'minio:9000', tls: false, region: 'us-east-1', credentialsSecret: 'minio' };
const secrets: Record<string, Credentials> = {
  a: { accessKey: 'one', secretKey: 'one-one-one' },
  b: { accessKey: 'two', secretKey: 'two-two-two' },
};

describe('the cache of stores', () => {
  it('gives one store for the same endpoint and credentials, whoever asks', async () => {
    let current = secrets;
    const asked: string[] = [];
    const cache = createStoreCache({
      credentials: async (_endpoint, namespace) => {
        asked.push(namespace);
        const found = current[namespace];
        if (!found) throw new Fault('CREDENTIALS_MISSING', { secret: 'minio', cause: 'not found' });
        return found;
      },
    });
    const first = await cache.store(endpoint, 'a');
    expect(await cache.store({ ...endpoint, credentialsSecret: 'another-name' }, 'a')).toBe(first);
    expect(await cache.store(endpoint, 'b')).not.toBe(first);
    expect(await cache.store({ ...endpoint, tls: true }, 'a')).not.toBe(first);
    current = { ...secrets, a: { accessKey: 'one', secretKey: 'changed-changed' } };
    expect(await cache.store(endpoint, 'a')).not.toBe(first);
    await expect(cache.store(endpoint, 'nobody')).rejects.toMatchObject({ code: 'CREDENTIALS_MISSING' });
    expect(asked).toHaveLength(6);
    cache.close();
    current = secrets;
    expect(await cache.store(endpoint, 'a')).not.toBe(first);
    cache.close();
  });
});
