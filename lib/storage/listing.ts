/** What is in a bucket: objects by prefix, and unfinished uploads by key. */
import { Fault } from '../errors.ts';
import { readBody } from './body.ts';
import type { Connection } from './connection.ts';
import { escapeUri } from './escape.ts';
import { unquote } from './etag.ts';
import { decodeValue, metadataPrefix } from './metadata.ts';
import type { ListedObject } from './types.ts';
import { childrenOf, parseXml, textOf, type XmlNode } from './xml.ts';

const pageSize = 1000;

/**
 * Every object under the prefix, in the order of keys as bytes. `metadata=true` is MinIO's own: its answer holds the
 * user metadata of each object. Where the server does not know the word, `metadata` is undefined.
 */
export async function* listObjects(
  connection: Connection,
  bucket: string,
  prefix: string,
  after?: string,
): AsyncGenerator<ListedObject> {
  let query: Record<string, string> = {
    'list-type': '2',
    'encoding-type': 'url',
    'max-keys': String(pageSize),
    prefix,
    metadata: 'true',
    ...(after === undefined ? {} : { 'start-after': after }),
  };
  let page = await getXml(connection, bucket, query).catch((error: unknown) => {
    if (!isUnknownQuery(error)) throw error;
    const { metadata: _, ...plain } = query;
    query = plain;
    return getXml(connection, bucket, query);
  });
  for (;;) {
    const keyOf = keyReader(page);
    for (const content of childrenOf(page, 'Contents')) yield listed(content, keyOf);
    const token = textOf(page, 'NextContinuationToken');
    if (textOf(page, 'IsTruncated') !== 'true' || token === '') return;
    page = await getXml(connection, bucket, { ...query, 'continuation-token': token });
  }
}

const isUnknownQuery = (error: unknown): boolean =>
  error instanceof Fault && error.code === 'STORAGE_FAILED' && (error.details.status === 400 || error.details.status === 501);

function listed(content: XmlNode, keyOf: (node: XmlNode) => string): ListedObject {
  const entries = childrenOf(content, 'UserMetadata')[0];
  const object: ListedObject = {
    key: keyOf(content),
    etag: unquote(textOf(content, 'ETag')),
    size: Number(textOf(content, 'Size')),
    lastModified: new Date(textOf(content, 'LastModified')),
  };
  if (!entries) return object;
  const named = entries.children.map(({ name, text }) => [name.toLowerCase(), text] as const);
  const own = named.filter(([name]) => name.startsWith(metadataPrefix));
  return {
    ...object,
    metadata: Object.fromEntries(own.map(([name, text]) => [name.slice(metadataPrefix.length), decodeValue(text)])),
  };
}

export interface OpenUpload {
  uploadId: string;
  /** Seconds since it began, by the server's own clock. */
  age: number;
}

/** Unfinished uploads of exactly this key. MinIO lists them by exact key only: by prefix, or without one, it lists none. */
export async function openUploads(connection: Connection, bucket: string, key: string): Promise<OpenUpload[]> {
  let now = Date.now();
  const query = { uploads: '', 'encoding-type': 'url', 'max-uploads': String(pageSize), prefix: key };
  const page = await getXml(connection, bucket, query, (serverTime) => {
    now = serverTime.getTime();
  });
  const keyOf = keyReader(page);
  return childrenOf(page, 'Upload')
    .filter((upload) => keyOf(upload) === key)
    .map((upload) => ({ uploadId: textOf(upload, 'UploadId'), age: (now - Date.parse(textOf(upload, 'Initiated'))) / 1000 }));
}

/** Keys may hold what XML cannot, so they are asked for form-encoded; a server that does not do so says so. */
function keyReader(page: XmlNode): (node: XmlNode) => string {
  const encoded = textOf(page, 'EncodingType') === 'url';
  return (node) => {
    const key = textOf(node, 'Key');
    return encoded ? decodeURIComponent(key.replaceAll('+', ' ')) : key;
  };
}

function getXml(
  connection: Connection,
  bucket: string,
  parameters: Record<string, string>,
  onTime: (serverTime: Date) => void = () => {},
): Promise<XmlNode> {
  const query = Object.entries(parameters)
    .map(([name, value]) => `${name}=${escapeUri(value)}`)
    .join('&');
  return connection.call({ bucket }, async (client, exchange) => {
    const response = await client.makeRequestAsync({ method: 'GET', bucketName: bucket, query });
    const page = parseXml((await readBody(response)).toString('utf8'));
    if (exchange.serverTime) onTime(exchange.serverTime);
    return page;
  });
}
