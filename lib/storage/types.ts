/** Objects, as the rest of the system sees them: MinIO (or any S3) behind one face, a directory behind the same one. */

export interface ObjectStat {
  /** Without quotes. */
  etag: string;
  size: number;
  versionId?: string;
  contentType?: string;
  lastModified: Date;
  /** User metadata, lower-case names without `x-amz-meta-`, values percent-decoded. */
  metadata: Record<string, string>;
}

/** How a GStreamer source element reads the object. The URL is a secret: it grants access. */
export type ReadAccess =
  | { kind: 'http'; url: string; headers: Record<string, string>; caFile?: string; verify: boolean }
  | { kind: 'file'; path: string };

export interface WriteOptions {
  contentType: string;
  cacheControl?: string;
  /** Without the `x-amz-meta-` prefix; values are percent-encoded on the wire where they are not printable ASCII. */
  metadata: Record<string, string>;
}

export interface StoredObject {
  etag: string;
  size: number;
  versionId?: string;
}

/**
 * One output on its way. The file at `path` is uploaded while it grows; no reader sees anything before `complete`.
 * Order of use: `begin`, then `finish` when the file is whole, then `complete`; `abort` at any time instead.
 */
export interface Upload {
  /** Starts to send whole parts of the file as it grows. Returns at once; a failure surfaces in `finish`. */
  begin(): void;
  /** The file is whole: sends what is missing and what has changed since it was sent. */
  finish(signal?: AbortSignal): Promise<void>;
  /** Makes the object visible, as a whole. */
  complete(signal?: AbortSignal): Promise<StoredObject>;
  /** Leaves nothing behind; safe to call more than once, and after a failure of any of the others. */
  abort(): Promise<void>;
  /** Bytes sent so far. */
  readonly bytesSent: number;
}

export interface ListedObject {
  key: string;
  etag: string;
  size: number;
  lastModified: Date;
  metadata?: Record<string, string>;
}

/** One storage server with one set of credentials. Every method rejects with a `Fault` of lib/errors.ts. */
export interface ObjectStore {
  /** Undefined where there is no such object. A missing bucket is `STORAGE_NO_BUCKET`. */
  stat(bucket: string, key: string, options?: { versionId?: string; signal?: AbortSignal }): Promise<ObjectStat | undefined>;
  /** Access that reads this very content: it fails where the object has another etag by then. */
  readAccess(bucket: string, key: string, options: { etag: string; versionId?: string; seconds: number }): Promise<ReadAccess>;
  /** The upload of the growing file at `path`. */
  upload(bucket: string, key: string, path: string, options: WriteOptions): Upload;
  put(bucket: string, key: string, body: Uint8Array, options: WriteOptions): Promise<StoredObject>;
  get(bucket: string, key: string): Promise<Uint8Array | undefined>;
  remove(bucket: string, key: string): Promise<void>;
  /** In the order of keys as bytes; `after` leaves out that key and all before it. */
  list(bucket: string, prefix: string, options?: { after?: string }): AsyncIterable<ListedObject>;
  /** Aborts uploads of exactly this key that began longer than `olderThan` seconds ago (those of killed attempts). */
  abortStale(bucket: string, key: string, olderThan: number): Promise<number>;
  close(): void;
}
