/** Objects on MinIO, or on any server that speaks S3. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../errors.ts';
import type { Endpoint } from '../events/types.ts';
import { readBody } from './body.ts';
import { type Connection, type Credentials, connect } from './connection.ts';
import { unquote } from './etag.ts';
import { s3Code } from './faults.ts';
import { listObjects, openUploads } from './listing.ts';
import { objectHeaders, readMetadata } from './metadata.ts';
import { abortUpload, versionOf } from './multipart.ts';
import type { StorageSettings } from './settings.ts';
import type { ObjectStat, ObjectStore } from './types.ts';
import { createUpload, type OnLeftover } from './upload.ts';

export interface MinioStoreOptions {
  settings?: Partial<StorageSettings>;
  /** Where the file with the trusted certificates is put; a reader in a sandbox must be able to see it. Default: the system's. */
  caFolder?: string;
  onLeftover?: OnLeftover;
}

/** An ObjectStore whose server is known, for what only a server has (notifications). */
export interface MinioStore extends ObjectStore {
  readonly connection: Connection;
}

const longestAccess = 7 * 24 * 3600; // seconds; AWS and MinIO refuse more

/** Makes no request yet. `close` ends idle connections and removes the certificate file. */
export function createMinioStore(endpoint: Endpoint, credentials: Credentials, options: MinioStoreOptions = {}): MinioStore {
  const connection = connect(endpoint, credentials, options.settings);
  const target = (bucket: string, key: string) => ({ connection, bucket, key });
  const ca = certificateFile(connection.ca, options.caFolder ?? tmpdir());

  return {
    connection,
    async stat(bucket, key, { versionId, signal } = {}) {
      const call = { bucket, key, signal };
      const answer = await connection.head(call, versionId === undefined ? {} : { versionId });
      if (answer?.status === 200) return objectStat(answer.headers);
      // the newest version, or the one that was asked for, is a delete marker
      if (answer?.status === 405) return undefined;
      // a HEAD has no body to say what is missing; MinIO says it in a header, others do not
      const missing = answer?.headers['x-minio-error-code'];
      if (missing !== undefined && missing !== 'NoSuchBucket') return undefined;
      return connection.call(call, async (client, exchange) => {
        if (answer?.status === 404 && missing === undefined && (await client.bucketExists(bucket))) return undefined;
        const query = versionId === undefined ? '' : `versionId=${encodeURIComponent(versionId)}`;
        try {
          const response = await client.makeRequestAsync({ method: 'HEAD', bucketName: bucket, objectName: key, query });
          response.resume(); // there is nothing to read, but the connection is free only when that has been seen
          return objectStat(response.headers);
        } catch (error) {
          // 405: the newest version, or the one that was asked for, is a delete marker
          if (exchange.status === 405) return undefined;
          if (exchange.status !== 404 || exchange.errorCode === 'NoSuchBucket') throw error;
          if (exchange.errorCode !== undefined || (await client.bucketExists(bucket))) return undefined;
          throw new Fault('STORAGE_NO_BUCKET', { bucket, address: endpoint.address });
        }
      });
    },
    async readAccess(bucket, key, { etag, versionId, seconds }) {
      const query: Record<string, string> = versionId === undefined ? {} : { versionId };
      const expiry = Math.max(1, Math.min(Math.ceil(seconds), longestAccess));
      const url =
        connection.readAddress(bucket, key, query, expiry) ??
        (await connection.call({ bucket, key }, (client) => client.presignedUrl('GET', bucket, key, expiry, query)));
      return { kind: 'http', url, headers: { 'If-Match': `"${etag}"` }, caFile: ca.path(), verify: !endpoint.skipVerify };
    },
    upload(bucket, key, path, writeOptions) {
      return createUpload(target(bucket, key), path, writeOptions, options.onLeftover ?? (() => {}));
    },
    async put(bucket, key, body, writeOptions) {
      const headers = objectHeaders(key, writeOptions);
      const payload = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
      return connection.call({ bucket, key }, async (client) => {
        const request = { method: 'PUT', bucketName: bucket, objectName: key, headers: { ...headers } };
        const response = await client.makeRequestAsync(request, payload);
        response.resume();
        return { etag: unquote(String(response.headers.etag)), size: body.byteLength, versionId: versionOf(response.headers) };
      });
    },
    async get(bucket, key) {
      try {
        return await connection.call({ bucket, key }, async (client) => readBody((await client.getObject(bucket, key)) as never));
      } catch (error) {
        if (s3Code(error) === 'NoSuchKey') return undefined;
        throw error;
      }
    },
    async remove(bucket, key) {
      await connection.call({ bucket, key }, (client) => client.removeObject(bucket, key));
    },
    list: (bucket, prefix, { after } = {}) => listObjects(connection, bucket, prefix, after),
    async abortStale(bucket, key, olderThan) {
      const stale = (await openUploads(connection, bucket, key)).filter(({ age }) => age > olderThan);
      for (const { uploadId } of stale) await abortUpload(target(bucket, key), uploadId);
      return stale.length;
    },
    close() {
      connection.close();
      ca.remove();
    },
  };
}

function objectStat(headers: Record<string, string | string[] | undefined>): ObjectStat {
  return {
    etag: unquote(String(headers.etag)),
    size: Number(headers['content-length']),
    versionId: versionOf(headers),
    contentType: typeof headers['content-type'] === 'string' ? headers['content-type'] : undefined,
    lastModified: new Date(String(headers['last-modified'])),
    metadata: readMetadata(headers),
  };
}

/** GStreamer takes certificates as a file only. */
function certificateFile(ca: string | undefined, parent: string): { path(): string | undefined; remove(): void } {
  let folder: string | undefined;
  return {
    path() {
      if (ca === undefined) return undefined;
      if (folder === undefined) {
        folder = mkdtempSync(join(parent, 'gst-ca-'));
        writeFileSync(join(folder, 'ca.pem'), ca);
      }
      return join(folder, 'ca.pem');
    },
    remove() {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
      folder = undefined;
    },
  };
}
