import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKubeClient, createSecretReader } from '../../../lib/kubernetes/index.ts';
import { type FakeApiServer, startFakeApiServer } from '../../support/fake-api-server.ts';

const at = '/api/v1/namespaces/tenant/secrets/minio-credentials';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const secret = (data: Record<string, string>) => ({ metadata: { name: 'minio-credentials', namespace: 'tenant' }, data });

let server: FakeApiServer;
let time = 0;
const reader = async () => createSecretReader(await createKubeClient(server.load), { keep: 60_000, now: () => time });

beforeEach(async () => {
  time = 0;
  server = await startFakeApiServer();
});
afterEach(() => server.close());

describe('credentials by the name of a Secret', () => {
  it('are read once, and again when their time is over', async () => {
    server.put(at, secret({ 'access-key-id': base64('accesskey'), 'secret-access-key': base64('secretkey\n') }));
    const secrets = await reader();
    const ask = () => secrets.credentials('tenant', 'minio-credentials');
    expect(await ask()).toEqual({ accessKey: 'accesskey', secretKey: 'secretkey' });
    await ask();
    expect(server.requests).toEqual([`GET ${at}`]);
    server.put(at, secret({ 'access-key-id': base64('new'), 'secret-access-key': base64('new') }));
    time = 60_001;
    expect(await ask()).toEqual({ accessKey: 'new', secretKey: 'new' });
  });

  it('are asked for again at once after a failure', async () => {
    const secrets = await reader();
    const ask = () => secrets.credentials('tenant', 'minio-credentials');
    await expect(ask()).rejects.toMatchObject({
      code: 'CREDENTIALS_MISSING',
      message: expect.stringContaining('does not exist'),
    });
    server.put(at, secret({ 'access-key-id': base64('a'), 'secret-access-key': base64('b') }));
    expect(await ask()).toEqual({ accessKey: 'a', secretKey: 'b' });
  });

  const refusals: Array<[string, () => void, string]> = [
    ['a Secret that may not be read', () => server.fail(/secrets/, 403), 'may not read it'],
    ['a Secret without the secret key', () => server.put(at, secret({ 'access-key-id': base64('a') })), 'no secret-access-key'],
  ];
  it.each(refusals)('are refused in words: %s', async (_name, arrange, words) => {
    arrange();
    const secrets = await reader();
    await expect(secrets.credentials('tenant', 'minio-credentials')).rejects.toMatchObject({
      code: 'CREDENTIALS_MISSING',
      message: expect.stringContaining(words),
    });
  });
});
