/**
 * Signed addresses and headers of the two requests that come before a pipeline plays: HEAD and a presigned GET. The minio
 * package signs all others; to load it takes longer than both together.
 */
import aws4 from 'aws4';
import { escapeUri } from './escape.ts';

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

/** Path and query to ask for, and the headers to send. */
export function signedRequest(request: Unsigned, signer: Signer): { path: string; headers: Record<string, string> } {
  const { path, headers } = sign(request, signer, request.query, false);
  return { path, headers };
}

/** Path and query that grant the request to whoever has them, for `seconds`. */
export function presignedPath(request: Unsigned, signer: Signer, seconds: number): string {
  return sign(request, signer, { ...request.query, 'X-Amz-Expires': String(seconds) }, true).path;
}

function sign(
  { method, host, bucket, key }: Unsigned,
  { accessKey, secretKey, sessionToken, region }: Signer,
  query: Record<string, string> | undefined,
  signQuery: boolean,
): { path: string; headers: Record<string, string> } {
  const search = new URLSearchParams(query).toString();
  const place = `/${bucket}/${escapeUri(key).replaceAll('%2F', '/')}`;
  const path = search === '' ? place : `${place}?${search}`;
  const signed = aws4.sign(
    { service: 's3', region, method, host, path, signQuery },
    { accessKeyId: accessKey, secretAccessKey: secretKey, sessionToken },
  );
  return { path: signed.path as string, headers: signed.headers as Record<string, string> };
}
