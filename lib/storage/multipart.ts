/** The calls of one multipart upload, and the PUT of a small file: bodies are streamed from disk. */
import { Fault } from '../errors.ts';
import type { Connection } from './connection.ts';
import { combinedEtag, unquote } from './etag.ts';
import { s3Code } from './faults.ts';
import { newDigest, type Range, readRange, useAgain } from './file-range.ts';
import type { StoredObject } from './types.ts';

export interface Target {
  connection: Connection;
  bucket: string;
  key: string;
}

export interface SentPart {
  number: number;
  length: number;
  /** Of the bytes as they were sent. */
  digest: string;
  /** As the server gave it, without quotes. */
  etag: string;
}

type Sent = { etag: string; digest: string; versionId?: string };

export async function initiate({ connection, bucket, key }: Target, headers: Record<string, string>): Promise<string> {
  return connection.call({ bucket, key, once: true }, (client) => client.initiateNewMultipartUpload(bucket, key, { ...headers }));
}

/** Sends a range of the file as one part, or as the whole object where there is no upload. `onBytes` counts as they go. */
export function sendRange(
  { connection, bucket, key }: Target,
  what: { path: string; range: Range; query?: string; headers?: Record<string, string> },
  onBytes: (count: number) => void,
  signal?: AbortSignal,
): Promise<Sent> {
  return connection.call({ bucket, key, signal, onWritten: useAgain }, async (client) => {
    // else a body over plain HTTP must be hashed before its first byte is sent
    client.enableSHA256 = false;
    const digest = newDigest();
    const body = readRange(what.path, what.range, (block) => {
      digest.update(block);
      onBytes(block.length);
    });
    const headers = { ...what.headers, 'content-length': what.range.length };
    const request = { method: 'PUT', bucketName: bucket, objectName: key, query: what.query ?? '', headers };
    try {
      const response = await client.makeRequestStreamAsync(request, body, '', [200], '');
      response.resume();
      return {
        etag: unquote(String(response.headers.etag ?? '')),
        digest: digest.digest().toString('base64'),
        versionId: versionOf(response.headers),
      };
    } finally {
      body.destroy();
    }
  });
}

export async function sendPart(
  target: Target,
  upload: { id: string; path: string; part: { number: number; start: number; length: number } },
  onBytes: (count: number) => void,
  signal?: AbortSignal,
): Promise<SentPart> {
  const { number, length } = upload.part;
  const query = `partNumber=${number}&uploadId=${encodeURIComponent(upload.id)}`;
  const { etag, digest } = await sendRange(target, { path: upload.path, range: upload.part, query }, onBytes, signal);
  return { number, length, etag, digest };
}

/**
 * Puts the parts together. When an answer got lost the next try finds no upload: whether the object came about is then
 * seen by its etag, which S3 makes from those of the parts.
 */
export async function completeUpload(target: Target, id: string, parts: SentPart[], signal?: AbortSignal): Promise<StoredObject> {
  const { connection, bucket, key } = target;
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  try {
    const { etag, versionId } = await connection.call(
      { bucket, key, signal, idleTimeout: connection.settings.completeTimeout },
      (client) =>
        client.completeMultipartUpload(
          bucket,
          key,
          id,
          parts.map(({ number, etag }) => ({ part: number, etag })),
        ),
    );
    return { etag, size, versionId: versionId ?? undefined };
  } catch (error) {
    if (s3Code(error) !== 'NoSuchUpload') throw error;
    const there = await newest(target, signal);
    if (there?.etag !== combinedEtag(parts.map(({ etag }) => etag))) {
      throw new Fault('STORAGE_WRITE', { key, cause: 'the upload was ended by someone else' }, { cause: error });
    }
    return { ...there, size };
  }
}

async function newest(
  { connection, bucket, key }: Target,
  signal?: AbortSignal,
): Promise<{ etag: string; versionId?: string } | undefined> {
  return connection.call({ bucket, key, signal }, async (client, exchange) => {
    try {
      const { etag, versionId } = await client.statObject(bucket, key);
      return { etag, versionId: versionId ?? undefined };
    } catch (error) {
      if (exchange.status === 404 || exchange.status === 405) return undefined;
      throw error;
    }
  });
}

/** Gives up the upload of that id. No such upload is as good. */
export async function abortUpload({ connection, bucket, key }: Target, id: string): Promise<void> {
  try {
    await connection.call({ bucket, key }, (client) => client.abortMultipartUpload(bucket, key, encodeURIComponent(id)));
  } catch (error) {
    if (s3Code(error) !== 'NoSuchUpload') throw error;
  }
}

export function versionOf(headers: Record<string, string | string[] | undefined>): string | undefined {
  const version = headers['x-amz-version-id'];
  return typeof version === 'string' && version !== 'null' ? version : undefined;
}
