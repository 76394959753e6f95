/** Which objects of a bucket MinIO tells us about. */
import { Fault } from '../errors.ts';
import { readBody } from './body.ts';
import { s3Code } from './faults.ts';
import type { MinioStore } from './minio-store.ts';
import { minimalPrefixes } from './prefixes.ts';
import { childrenOf, element, parseXml, textOf, writeXml, type XmlNode } from './xml.ts';

/** `s3:ObjectCreated:*` would hold tagging and retention too: tagging a source would transcode it again. */
const events = [
  's3:ObjectCreated:Put',
  's3:ObjectCreated:Post',
  's3:ObjectCreated:Copy',
  's3:ObjectCreated:CompleteMultipartUpload',
];

/**
 * Makes the bucket tell `arn` of every object that comes into being under one of the prefixes: one rule for each minimal
 * prefix. Rules on other targets stay as they are, and nothing is written where all is as it should be. With no prefixes
 * the rules on `arn` are removed.
 *
 * MinIO replaces the whole configuration at once and has no compare-and-swap: one caller at a time for a bucket.
 *
 * @returns whether something was written
 * @throws Fault STORAGE_NOTIFICATIONS, with the `mc` commands that do the same, where it is not allowed or the target is
 *   unknown; STORAGE_…
 */
export async function ensureNotifications(
  store: MinioStore,
  bucket: string,
  prefixes: Iterable<string>,
  arn: string,
): Promise<boolean> {
  const wanted = minimalPrefixes([...prefixes].map(acceptedPrefix));
  try {
    const configuration = await read(store, bucket);
    const ours = childrenOf(configuration, 'QueueConfiguration').filter((rule) => textOf(rule, 'Queue') === arn);
    if (
      sameSet(
        ours.map(signature),
        wanted.map((prefix) => signature(rule(prefix, arn))),
      )
    )
      return false;
    const others = configuration.children.filter((child) => !ours.includes(child));
    await write(store, bucket, element('NotificationConfiguration', ...others, ...wanted.map((prefix) => rule(prefix, arn))));
    return true;
  } catch (error) {
    const fault = Fault.from(error);
    const refused =
      fault.code === 'STORAGE_DENIED' || s3Code(fault).startsWith('InvalidArgument') || s3Code(fault).startsWith('ARN');
    if (!refused) throw fault;
    const { address } = store.connection.endpoint;
    const commands = wanted.map((prefix) => mcCommand(bucket, prefix, arn)).join(' ; ');
    throw new Fault('STORAGE_NOTIFICATIONS', { bucket, address, cause: String(fault.details.cause), commands }, { cause: error });
  }
}

/** What an administrator types; ALIAS is mc's own name for the server. */
export function mcCommand(bucket: string, prefix: string, arn: string): string {
  const filter = prefix === '' ? '' : ` --prefix '${prefix.replaceAll("'", "'\\''")}'`;
  return `mc event add ALIAS/${bucket} ${arn} --event put${filter}`;
}

/** MinIO takes no backslash in a filter and no part that is a dot or two: the rule is then made wider. */
function acceptedPrefix(prefix: string): string {
  const odd = /\\|(^|\/)\.{1,2}(\/|$)/.exec(prefix);
  return odd ? prefix.slice(0, odd.index) : prefix;
}

function rule(prefix: string, arn: string): XmlNode {
  const filter = element('FilterRule', element('Name', 'prefix'), element('Value', prefix));
  return element(
    'QueueConfiguration',
    ...(prefix === '' ? [] : [element('Filter', element('S3Key', filter))]),
    ...events.map((event) => element('Event', event)),
    element('Queue', arn),
  );
}

/** What a rule does, whatever its id and the order of its parts. */
function signature(node: XmlNode): string {
  const key = childrenOf(childrenOf(node, 'Filter')[0], 'S3Key')[0];
  const filters = childrenOf(key, 'FilterRule').map((filter) => [textOf(filter, 'Name').toLowerCase(), textOf(filter, 'Value')]);
  return JSON.stringify([
    filters.sort(),
    childrenOf(node, 'Event')
      .map(({ text }) => text)
      .sort(),
  ]);
}

function sameSet(some: string[], others: string[]): boolean {
  return some.length === others.length && new Set([...some, ...others]).size === new Set(some).size;
}

function read({ connection }: MinioStore, bucket: string): Promise<XmlNode> {
  return connection.call({ bucket }, async (client) => {
    const response = await client.makeRequestAsync({ method: 'GET', bucketName: bucket, query: 'notification' });
    return parseXml((await readBody(response)).toString('utf8'));
  });
}

async function write({ connection }: MinioStore, bucket: string, configuration: XmlNode): Promise<void> {
  await connection.call({ bucket }, (client) =>
    client.makeRequestAsyncOmit(
      { method: 'PUT', bucketName: bucket, query: 'notification' },
      Buffer.from(writeXml(configuration)),
    ),
  );
}
