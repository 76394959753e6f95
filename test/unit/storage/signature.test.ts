/** Our signatures are those of the minio package, which signs all other requests. */
import type { IncomingMessage, RequestOptions } from 'node:http';
import { PassThrough } from 'node:stream';
import { Client } from 'minio';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { presignedPath, type Signer, signedRequest } from '../../../lib/storage/signature.ts';

beforeEach(() => void vi.useFakeTimers({ now: new Date('2026-11-26T02:03:04.567Z') }));
afterEach(() => void vi.useRealTimers());

const signers: Array<[what: string, signer: Signer]> = [
  ['keys', { accessKey: 'key', secretKey: 'secret of a key', region: 'us-east-1' }],
  ['keys with a token', { accessKey: 'key', secretKey: 's/ecr+et', region: 'eu-central-1', sessionToken: 'to/ken+of=one day' }],
];
const keys = ['in/clip.mp4', "in/Ünïcode & (odd) 'names'! 100%*.mp4", 'a+b=c?d#e', '..//x', '日本/語.mkv'];
const cases = signers.flatMap(([what, signer]) => keys.map((key) => [what, key, signer] as const));
const versions: Array<Record<string, string>> = [{}, { versionId: 'a+b/c=d' }];

/** What the minio package asks of its transport. */
function theirs(signer: Signer): { client: Client; asked: RequestOptions[] } {
  const asked: RequestOptions[] = [];
  const request = (options: RequestOptions, onResponse: (response: IncomingMessage) => void) => {
    asked.push(options);
    const response = Object.assign(new PassThrough(), { statusCode: 200, headers: {} });
    queueMicrotask(() => onResponse(response as unknown as IncomingMessage));
    return new PassThrough();
  };
  const { accessKey, secretKey, region, sessionToken } = signer;
  const transport = { request } as never;
  const place = { endPoint: 'minio.example', port: 9000, useSSL: false, pathStyle: true };
  return { client: new Client({ ...place, accessKey, secretKey, region, sessionToken, transport }), asked };
}

describe.each(cases)('with %s, for %s', (_what, key, signer) => {
  const place = { host: 'minio.example:9000', bucket: 'media', key };

  it.each(versions)('a request of version %o', async (query) => {
    const { client, asked } = theirs(signer);
    const text = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    await client.makeRequestAsync({ method: 'HEAD', bucketName: 'media', objectName: key, query: text.join('&') });
    const { path, headers } = signedRequest({ ...place, method: 'HEAD', query }, signer);
    const { 'user-agent': _agent, ...expected } = (asked[0]?.headers ?? {}) as Record<string, string>;
    expect(path).toBe(asked[0]?.path);
    const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    expect(Object.fromEntries(named)).toEqual(expected);
  });

  it.each(versions)('an address of version %o', async (query) => {
    const { client } = theirs(signer);
    const address = new URL(await client.presignedUrl('GET', 'media', key, 1234, query));
    const ours = new URL(`http://minio.example:9000${presignedPath({ ...place, method: 'GET', query }, signer, 1234)}`);
    expect(ours.pathname).toBe(address.pathname);
    expect(Object.fromEntries(ours.searchParams)).toEqual(Object.fromEntries(address.searchParams));
  });
});
