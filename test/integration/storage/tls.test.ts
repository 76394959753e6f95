import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../lib/events/types.ts';
import { createMinioStore } from '../../../lib/storage/index.ts';
import { type MinioServer, startMinio } from '../../support/minio.ts';

let folder: string;
let minio: MinioServer;
let pem: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gst-tls-'));
  const files = ['-keyout', join(folder, 'private.key'), '-out', join(folder, 'public.crt')];
  const subject = ['-subj', '/CN=minio', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', ...subject, ...files],
    {
      stdio: 'ignore',
    },
  );
  pem = await readFile(join(folder, 'public.crt'), 'utf8');
  minio = await startMinio({ buckets: ['tls'], certsDir: folder });
});
afterAll(async () => {
  await minio?.stop();
  await rm(folder, { recursive: true, force: true });
});

const options = { contentType: 'text/plain', metadata: { name: 'ü' } };
const use = (change: Partial<Endpoint>) => {
  const store = createMinioStore({ ...minio.address, ...change }, minio, {
    settings: { attempts: 1, idleTimeout: 2_000 },
    caFolder: folder,
  });
  return Object.assign(store, { [Symbol.dispose]: () => store.close() });
};

describe('a server with a certificate of its own', () => {
  it('is trusted with endpointCA, which readers get as a file', async () => {
    using store = use({ ca: Buffer.from(pem).toString('base64') });
    const { etag } = await store.put('tls', 'a', Buffer.from('x'), options);
    expect(await store.stat('tls', 'a')).toMatchObject({ metadata: { name: 'ü' } });
    const access = await store.readAccess('tls', 'a', { etag, seconds: 60 });
    if (access.kind !== 'http' || !access.caFile) throw new Error('no file');
    expect(access.verify).toBe(true);
    expect(access.url).toMatch(/^https:/);
    expect(await readFile(access.caFile, 'utf8')).toBe(pem);
    store.close();
    await expect(readFile(access.caFile)).rejects.toThrow('ENOENT');
  });

  it('is used unseen with insecureSkipVerify', async () => {
    using store = use({ skipVerify: true });
    const { etag } = await store.put('tls', 'b', Buffer.from('x'), options);
    expect(await store.readAccess('tls', 'b', { etag, seconds: 60 })).toMatchObject({ verify: false });
  });

  it('is refused without either', async () => {
    using store = use({});
    await expect(store.stat('tls', 'a')).rejects.toMatchObject({ code: 'STORAGE_TLS', class: 'transient' });
  });

  it('is not mistaken for one that speaks plain HTTP', async () => {
    using store = use({ tls: false });
    await expect(store.stat('tls', 'a')).rejects.toMatchObject({ code: expect.stringMatching(/^STORAGE_(FAILED|TLS)$/) });
  });
});
