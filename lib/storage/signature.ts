/**
 * AWS Signature Version 4, for the two requests that come before a pipeline plays: HEAD and a presigned GET. The minio
 * package signs all others; to load it takes longer than both together.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 */
import { createHash, createHmac } from 'node:crypto';

export interface Signer {
  accessKey: string;
  secretKey: string;
  sessionToken?: string;
  region: string;
}

export interface Unsigned {
  method: 'GET' | 'HEAD';
  /** With the port, where it is not that of the protocol. */
  host: string;
  bucket: string;
  key: string;
  /** Values as they are, not encoded. */
  query?: Record<string, string>;
}

const algorithm = 'AWS4-HMAC-SHA256';
const unsignedPayload = 'UNSIGNED-PAYLOAD';
const emptyPayload = createHash('sha256').digest('hex');

/** Path and query to ask for, and the headers to send. */
export function signedRequest(
  request: Unsigned,
  signer: Signer,
  now = new Date(),
): { path: string; headers: Record<string, string> } {
  const { date, scope } = when(now, signer.region);
  const token = signer.sessionToken;
  const headers = {
    host: request.host,
    'x-amz-content-sha256': emptyPayload,
    'x-amz-date': date,
    ...(token !== undefined && { 'x-amz-security-token': token }),
  };
  const path = pathOf(request);
  const query = queryOf(request.query ?? {});
  const names = Object.keys(headers).join(';');
  const signature = sign([request.method, path, query, ...canonical(headers), names, emptyPayload], date, scope, signer);
  const authorization = `${algorithm} Credential=${signer.accessKey}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { path: withQuery(path, query), headers: { ...headers, authorization } };
}

/** Path and query that grant the request to whoever has them, for `seconds`. */
export function presignedPath(request: Unsigned, signer: Signer, seconds: number, now = new Date()): string {
  const { date, scope } = when(now, signer.region);
  const token = signer.sessionToken;
  const path = pathOf(request);
  const query = queryOf({
    ...request.query,
    'X-Amz-Algorithm': algorithm,
    'X-Amz-Credential': `${signer.accessKey}/${scope}`,
    'X-Amz-Date': date,
    'X-Amz-Expires': String(seconds),
    'X-Amz-SignedHeaders': 'host',
    ...(token !== undefined && { 'X-Amz-Security-Token': token }),
  });
  const headers = canonical({ host: request.host });
  const signature = sign([request.method, path, query, ...headers, 'host', unsignedPayload], date, scope, signer);
  return `${path}?${query}&X-Amz-Signature=${signature}`;
}

function when(now: Date, region: string): { date: string; scope: string } {
  const date = now.toISOString().replace(/[-:]|\.\d+/g, ''); // 20261126T020304Z
  return { date, scope: `${date.slice(0, 8)}/${region}/s3/aws4_request` };
}

/** Lines of the headers, in the order of their names, and the empty one that ends them. */
const canonical = (headers: Record<string, string>): string[] => [
  ...Object.entries(headers).map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}`),
  '',
];

function sign(request: string[], date: string, scope: string, { secretKey }: Signer): string {
  const hashed = createHash('sha256').update(request.join('\n')).digest('hex');
  const key = scope.split('/').reduce<string | Buffer>((secret, part) => hmac(secret, part).digest(), `AWS4${secretKey}`);
  return hmac(key, [algorithm, date, scope, hashed].join('\n')).digest('hex');
}

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text);

const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

const pathOf = ({ bucket, key }: Unsigned): string => `/${bucket}/${encoded(key).replaceAll('%2F', '/')}`;

const queryOf = (query: Record<string, string>): string =>
  Object.entries(query)
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .toSorted()
    .join('&');

const withQuery = (path: string, query: string): string => (query === '' ? path : `${path}?${query}`);
