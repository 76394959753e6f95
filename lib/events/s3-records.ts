/**
 * Reads S3 notifications as they are found in the wild: MinIO's webhook and its other targets, AWS, Ceph, LocalStack,
 * RustFS; bare, in an SNS envelope, or as EventBridge tells it. What cannot be used is left out, never thrown at.
 */
import { decodeKey } from './s3-key.ts';
import type { ObjectEvent } from './types.ts';

/** The events after which there is new content. Tagging and retention also call themselves ObjectCreated. */
const creations = new Set([
  'ObjectCreated:Put',
  'ObjectCreated:Post',
  'ObjectCreated:Copy',
  'ObjectCreated:CompleteMultipartUpload',
]);

/** Longest key of S3, in bytes of UTF-8. */
const longestKey = 1024;

/** Longest user metadata that is carried on, in bytes; AWS allows 2 KiB, others more. */
const longestMetadata = 8 * 1024;

/** Names that S3, past and present, allows in a bucket's name, and a few more; nothing that is not printable ASCII. */
const bucketName = /^[!-.0-~]{1,255}$/;

type Json = Record<string, unknown>;

export interface Notification {
  /** Those that name an event, a bucket and a key, in order. */
  records: ObjectEvent[];
  /** How many others there were. */
  unusable: number;
}

/** What a notification tells; `body` is parsed JSON of any shape. One that is no notification has neither sort of records. */
export function readNotification(body: unknown): Notification {
  const found = recordsIn(body, 0);
  const records = found.flatMap((record) => readRecord(record) ?? []);
  return { records, unusable: found.length - records.length };
}

/** Every record that names an event, a bucket and a key, in order. */
export function decodeS3Records(body: unknown): ObjectEvent[] {
  return readNotification(body).records;
}

/** The records of `body` that tell of new content. Folder markers (`a/`, without bytes) are none. */
export function createdObjects(body: unknown): ObjectEvent[] {
  return decodeS3Records(body).filter(isCreation);
}

export function isCreation({ eventName, key, size }: ObjectEvent): boolean {
  return creations.has(eventName) && !(key.endsWith('/') && size === 0);
}

/** Envelopes within envelopes are opened this deep: SNS around S3, in a queue's message. */
const deepest = 3;

function recordsIn(found: unknown, depth: number): unknown[] {
  const body = asJson(found); // a bridge that does not know what it carries gives it on as text
  if (!isObject(body) || depth > deepest) return [];
  if (Array.isArray(body.Records)) return body.Records;
  if (isObject(body.s3)) return [body]; // a bridge that makes one event of each record
  if (isObject(body.detail) && body.source === 'aws.s3') return [fromEventBridge(body, body.detail)];
  if (body.Message !== undefined) return recordsIn(body.Message, depth + 1); // SNS: text, or an object
  return [];
}

const reasons: Record<string, string> = {
  PutObject: 'ObjectCreated:Put',
  'POST Object': 'ObjectCreated:Post',
  CopyObject: 'ObjectCreated:Copy',
  CompleteMultipartUpload: 'ObjectCreated:CompleteMultipartUpload',
};

/** EventBridge does not encode keys, and has names of its own. */
function fromEventBridge(envelope: Json, detail: Json): Json {
  const object = isObject(detail.object) ? detail.object : {};
  const type = text(envelope['detail-type']);
  const key = text(object.key);
  return {
    eventName: type === 'Object Created' ? (reasons[text(detail.reason) ?? ''] ?? 'ObjectCreated:Put') : type,
    eventTime: envelope.time,
    awsRegion: envelope.region,
    s3: {
      bucket: detail.bucket,
      object: { ...object, key: key && encodeURIComponent(key), versionId: object['version-id'] },
    },
  };
}

function readRecord(record: unknown): ObjectEvent | undefined {
  if (!isObject(record) || !isObject(record.s3)) return undefined;
  const { bucket, object } = record.s3;
  if (!isObject(bucket) || !isObject(object)) return undefined;
  const eventName = text(record.eventName);
  const name = text(bucket.name);
  const encoded = text(object.key);
  if (eventName === undefined || name === undefined || encoded === undefined) return undefined;
  const key = decodeKey(encoded);
  if (!bucketName.test(name) || !key.isWellFormed() || Buffer.byteLength(key) > longestKey) return undefined;
  return {
    eventName: eventName.replace(/^s3:/, ''),
    bucket: name,
    key,
    etag: unquoted(text(object.eTag) ?? text(object.etag)),
    size: readSize(object.size),
    versionId: text(object.versionId),
    contentType: text(object.contentType),
    eventTime: readTime(record.eventTime),
    sequencer: text(object.sequencer),
    region: text(record.awsRegion) ?? '',
    userMetadata: readMetadata(object.userMetadata ?? object.metadata),
  };
}

/** MinIO leaves the size out where it is 0; others write it as text. */
function readSize(size: unknown): number {
  const value = typeof size === 'string' ? Number(size) : size;
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;
}

/**
 * RFC 3339 with milliseconds. A record without a readable time is given the epoch: the time may be part of an output's
 * key, and the same record must always give the same key.
 */
function readTime(time: unknown): string {
  const millis = Date.parse((text(time) ?? '').replace(/^(\d{4}-\d\d-\d\d) /, '$1T'));
  return new Date(Number.isNaN(millis) ? 0 : millis).toISOString();
}

/** `x-amz-meta-*` without the prefix, in lower case; from MinIO's object, or from Ceph's list of key and val. */
function readMetadata(found: unknown): Record<string, string> {
  const pairs = Array.isArray(found)
    ? found.filter(isObject).map(({ key, val }) => [key, val])
    : Object.entries(isObject(found) ? found : {});
  const metadata: Record<string, string> = {};
  let left = longestMetadata;
  for (const [name, value] of pairs) {
    if (typeof name !== 'string' || typeof value !== 'string' || !/^x-amz-meta-./i.test(name)) continue;
    if (!name.isWellFormed() || !value.isWellFormed()) continue;
    left -= name.length + value.length;
    if (left < 0) break;
    metadata[name.slice('x-amz-meta-'.length).toLowerCase()] = value;
  }
  return metadata;
}

/** Text that says something: an empty string is as good as none, and so is one that is no Unicode: it cannot be signed. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.isWellFormed() ? value : undefined;
}

function unquoted(etag: string | undefined): string | undefined {
  return etag?.replace(/^"|"$/g, '') || undefined;
}

function asJson(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}
