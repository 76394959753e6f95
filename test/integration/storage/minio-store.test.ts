import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMinioStore, type MinioStore, type ReadAccess } from '../../../lib/storage/index.ts';
import { collect } from '../../support/collect.ts';
import { lossyProxy } from '../../support/lossy-proxy.ts';
import { type MinioServer, startMinio } from '../../support/minio.ts';
import { until } from '../../support/until.ts';

const bucket = 'objects';
const options = { contentType: 'text/plain', metadata: {} };
const bytes = (text: string) => new TextEncoder().encode(text);
/** Failures show soon; but a slow server is none. */
const settings = { attempts: 2, backoffBase: 10 };
/** Nobody will answer. */
const impatient = { ...settings, idleTimeout: 300, connectTimeout: 300 };

let minio: MinioServer;
let store: MinioStore;

beforeAll(async () => {
  minio = await startMinio({ buckets: [bucket, 'versioned'] });
  await minio.client.setBucketVersioning('versioned', { Status: 'Enabled' });
  store = createMinioStore(minio.address, minio);
});
afterAll(async () => {
  store?.close();
  await minio?.stop();
});

const listed = (prefix: string) => collect(store.list(bucket, prefix));
const open = (access: ReadAccess, headers?: Record<string, string>) => {
  if (access.kind !== 'http') throw new Error('no URL');
  return fetch(access.url, { headers: { ...access.headers, ...headers } });
};

describe('connections', () => {
  it('are used again by call after call, whatever these ask for', async () => {
    const sockets = new Set<unknown>();
    const proxy = await lossyProxy(minio.endpoint, ({ socket }) => {
      sockets.add(socket);
      return 'pass';
    });
    const through = createMinioStore({ ...minio.address, address: proxy.address }, minio);
    try {
      for (let n = 0; n < 5; n++) {
        const { etag } = await through.put(bucket, 'connections/a', bytes('a'), options);
        expect(await through.stat(bucket, 'connections/a')).toMatchObject({ etag });
        expect(await through.stat(bucket, 'connections/missing')).toBeUndefined();
        expect(await through.get(bucket, 'connections/a')).toHaveLength(1);
        expect(await collect(through.list(bucket, 'connections/'))).toHaveLength(1);
        expect(await through.abortStale(bucket, 'connections/a', 1)).toBe(0);
        await through.remove(bucket, 'connections/a');
      }
      expect(proxy.seen.length).toBeGreaterThan(30);
      // a connection is free a moment after its answer, and the next call may be quicker
      expect(sockets.size).toBeLessThanOrEqual(2);
    } finally {
      through.close();
      proxy.close();
    }
  });
});

describe('keys', () => {
  const keys: Array<[name: string, key: string]> = [
    ['spaces', 'keys/a b  c .mp4'],
    ['plus and percent', 'keys/1+1%2B=100%.mp4'],
    ['hash, question mark, ampersand', 'keys/#1?x=y&z;,:@$.mp4'],
    ['quotes and brackets', `keys/a"b'c(d)[e]{f}<g>!*~^|\`.mp4`],
    ['unicode', 'keys/ünïcödé 日本語 🎬.mp4'],
    ['digits that are no number', '007'],
    ['a number too large', '12345678901234567890'],
    ['900 bytes', `keys/${'long '.repeat(40)}/${'ü'.repeat(110)}/${'x'.repeat(220)}/${'y'.repeat(244)}`],
  ];
  it.each(keys)('are kept as they are: %s', async (_name, key) => {
    const body = bytes(`content of ${key}`);
    const { etag } = await store.put(bucket, key, body, options);
    expect(await store.stat(bucket, key)).toMatchObject({ etag, size: body.length });
    expect(Buffer.from((await store.get(bucket, key)) ?? []).equals(body)).toBe(true);
    expect((await listed(key)).map((object) => object.key)).toContain(key);
    const response = await open(await store.readAccess(bucket, key, { etag, seconds: 60 }));
    expect(await response.text()).toBe(`content of ${key}`);
    await store.remove(bucket, key);
    expect(await store.stat(bucket, key)).toBeUndefined();
    expect(await store.get(bucket, key)).toBeUndefined();
    await store.remove(bucket, key);
  });

  it.each(['a/../b', './a', `${'x'.repeat(300)}`, 'x'.repeat(1100)])(
    'that S3 cannot have are a permanent fault: %.20s',
    async (key) => {
      await expect(store.put(bucket, key, bytes('x'), options)).rejects.toMatchObject({
        code: 'STORAGE_KEY_INVALID',
        class: 'permanent',
      });
    },
  );
});

describe('metadata', () => {
  const metadata = {
    'gst-job': 'mp4-converter-abc',
    'gst-source': '0123 drop/ä%C3 b.mkv',
    number: '007',
    percent: '100% %41 %',
    spaces: '  a  b ',
    'multi-line': 'a\r\nb\tc',
    emoji: '🎬 film',
    empty: '',
  };
  it('comes back from stat and from the listing as it was given', async () => {
    await store.put(bucket, 'meta/full', bytes('x'), { contentType: 'video/mp4', cacheControl: 'no-store', metadata });
    await store.put(bucket, 'meta/none', bytes('x'), options);
    expect((await store.stat(bucket, 'meta/full'))?.metadata).toEqual(metadata);
    const [full, none] = await listed('meta/');
    expect(full?.metadata).toEqual(metadata);
    expect(none?.metadata).toEqual({});
    const { metaData } = await minio.client.statObject(bucket, 'meta/full');
    expect(metaData).toMatchObject({ 'content-type': 'video/mp4', 'cache-control': 'no-store' });
  });

  it('that is too much is refused before anything is sent', async () => {
    const much = { ...options, metadata: { long: 'ü'.repeat(350) } };
    await expect(store.put(bucket, 'meta/much', bytes('x'), much)).rejects.toMatchObject({
      code: 'STORAGE_METADATA',
      class: 'permanent',
    });
  });

  it('of others that is no percent-encoding is taken as it is', async () => {
    await minio.client.putObject(bucket, 'meta/foreign', 'x', 1, { 'x-amz-meta-rate': '50% off' });
    expect((await store.stat(bucket, 'meta/foreign'))?.metadata).toEqual({ rate: '50% off' });
  });
});

describe('listing', () => {
  it('goes on over pages, in the order of keys, and says when each was made', async () => {
    const begun = Date.now();
    const keys = Array.from({ length: 1005 }, (_, index) => `many/${String(index).padStart(4, '0')}`);
    for (let at = 0; at < keys.length; at += 50) {
      await Promise.all(keys.slice(at, at + 50).map((key) => store.put(bucket, key, bytes(key), options)));
    }
    const objects = await listed('many/');
    expect(objects.map(({ key }) => key)).toEqual(keys);
    expect(objects[0]).toMatchObject({ size: 9, etag: (await store.stat(bucket, 'many/0000'))?.etag });
    const second = 1000; // ms, to which times may be cut
    const made = objects.map(({ lastModified }) => lastModified.getTime());
    expect(Math.min(...made)).toBeGreaterThan(begun - second);
    expect(Math.max(...made)).toBeLessThan(Date.now() + second);
  });

  it('does without metadata where the server does not know how', async () => {
    await store.put(bucket, 'plain/a', bytes('x'), { ...options, metadata: { name: 'x' } });
    const proxy = await lossyProxy(minio.endpoint, ({ url }) => (url?.includes('metadata=true') ? { status: 400 } : 'pass'));
    const own = createMinioStore({ ...minio.address, address: proxy.address }, minio, { settings });
    const objects = await collect(own.list(bucket, 'plain/'));
    expect(objects).toEqual([expect.objectContaining({ key: 'plain/a', size: 1 })]);
    expect(objects[0]).not.toHaveProperty('metadata');
    own.close();
    proxy.close();
  });
});

describe('read access', () => {
  it('reads that content, ranges too, and fails when it was replaced or removed', async () => {
    const { etag } = await store.put(bucket, 'read/a b', bytes('first'), options);
    const access = await store.readAccess(bucket, 'read/a b', { etag, seconds: 60 });
    expect(access).toMatchObject({ kind: 'http', verify: true });
    const whole = await open(access);
    expect([whole.status, await whole.text()]).toEqual([200, 'first']);
    const range = await open(access, { range: 'bytes=1-2' });
    expect([range.status, await range.text()]).toEqual([206, 'ir']);

    await store.put(bucket, 'read/a b', bytes('second'), options);
    expect((await open(access)).status).toBe(412);
    await store.remove(bucket, 'read/a b');
    expect((await open(access)).status).toBe(404);
  });

  it('reads the version that is named, after it was replaced', async () => {
    const first = await store.put('versioned', 'a', bytes('first'), options);
    await store.put('versioned', 'a', bytes('second'), options);
    expect(first.versionId).toMatch(/^[0-9a-f-]{36}$/);
    const access = await store.readAccess('versioned', 'a', { etag: first.etag, versionId: first.versionId, seconds: 60 });
    expect(await (await open(access)).text()).toBe('first');
    expect(await store.stat('versioned', 'a', { versionId: first.versionId })).toMatchObject({ etag: first.etag });
    await store.remove('versioned', 'a');
    expect(await store.stat('versioned', 'a')).toBeUndefined();
    expect(await store.stat('versioned', 'a', { versionId: first.versionId })).toMatchObject({ etag: first.etag });
  });
});

describe('faults', () => {
  it.each(['stat', 'get', 'remove', 'put', 'list', 'abortStale'])(
    'tell a missing bucket from a missing key: %s',
    async (method) => {
      const calls: Record<string, (bucket: string) => Promise<unknown>> = {
        stat: (name) => store.stat(name, 'no'),
        get: (name) => store.get(name, 'no'),
        remove: (name) => store.remove(name, 'no'),
        put: (name) => store.put(name, 'yes', bytes('x'), options),
        list: (name) => collect(store.list(name, 'no')),
        abortStale: (name) => store.abortStale(name, 'no', 0),
      };
      const call = calls[method] as (name: string) => Promise<unknown>;
      await call(bucket);
      await expect(call('missing')).rejects.toMatchObject({ code: 'STORAGE_NO_BUCKET', class: 'permanent' });
      await expect(call('No Bucket')).rejects.toMatchObject({ code: 'STORAGE_NO_BUCKET' });
    },
  );

  it('know a missing bucket where the server says no more than 404', async () => {
    const proxy = await lossyProxy(minio.endpoint, ({ method, url }) =>
      method === 'HEAD' && url?.includes('/no') ? { status: 404 } : 'pass',
    );
    const own = createMinioStore({ ...minio.address, address: proxy.address }, minio, { settings });
    expect(await own.stat(bucket, 'no')).toBeUndefined();
    await expect(own.stat('missing', 'no')).rejects.toMatchObject({ code: 'STORAGE_NO_BUCKET' });
    own.close();
    proxy.close();
  });

  const refused: Array<[name: string, credentials: (server: MinioServer) => { accessKey: string; secretKey: string }]> = [
    ['a wrong secret', ({ accessKey }) => ({ accessKey, secretKey: 'wrong-wrong' })],
    ['a wrong access key', ({ secretKey }) => ({ accessKey: 'nobody-at-all', secretKey })],
  ];
  it.each(refused)('name %s', async (_name, credentials) => {
    const own = createMinioStore(minio.address, credentials(minio), { settings });
    const denied = { code: 'STORAGE_DENIED', class: 'transient' };
    await expect(own.stat(bucket, 'a')).rejects.toMatchObject(denied);
    await expect(own.put(bucket, 'a', bytes('x'), options)).rejects.toMatchObject(denied);
    await expect(own.get(bucket, 'a')).rejects.toMatchObject(denied);
    await expect(collect(own.list(bucket, 'a'))).rejects.toMatchObject(denied);
    own.close();
  });

  const unreached: Array<[name: string, address: string]> = [
    ['nobody listens', '127.0.0.1:1'],
    ['there is no such host', 'no-such-host.invalid:9000'],
  ];
  it.each(unreached)('say unreached where %s', async (_name, address) => {
    const own = createMinioStore({ ...minio.address, address }, minio, { settings: impatient });
    const failed = own.stat(bucket, 'a');
    await expect(failed).rejects.toMatchObject({ code: 'STORAGE_UNREACHED', class: 'transient' });
    await expect(failed).rejects.toThrow(address);
    own.close();
  });

  it('say unreached where the server is stopped, and all is well when it goes on', async () => {
    const own = createMinioStore(minio.address, minio, { settings: impatient });
    const answers = () =>
      own.stat(bucket, 'a').then(
        () => true,
        () => false,
      );
    await until(answers);
    await minio.pause();
    try {
      await expect(own.stat(bucket, 'a')).rejects.toMatchObject({ code: 'STORAGE_UNREACHED' });
    } finally {
      minio.resume();
    }
    await until(answers);
    own.close();
  });

  it.each([500, 502, 503, 429])('of the server pass, or are told: %d', async (status) => {
    let ill = true;
    const proxy = await lossyProxy(minio.endpoint, (_, count) => (ill || count === 3 ? { status } : 'pass'));
    const own = createMinioStore({ ...minio.address, address: proxy.address }, minio, { settings });
    await expect(own.stat(bucket, 'a')).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      class: 'transient',
      details: { status },
    });
    ill = false;
    expect(await own.stat(bucket, 'a')).toBeUndefined();
    expect(proxy.seen.length).toBe(4);
    own.close();
    proxy.close();
  });

  it('end with the signal', async () => {
    const own = createMinioStore(minio.address, minio, { settings });
    await minio.pause();
    try {
      await expect(own.stat(bucket, 'a', { signal: AbortSignal.timeout(100) })).rejects.toMatchObject({ code: 'CANCELLED' });
    } finally {
      minio.resume();
      own.close();
    }
  });
});
