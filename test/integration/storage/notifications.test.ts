import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMinioStore, ensureNotifications, type MinioStore } from '../../../lib/storage/index.ts';
import { collect } from '../../support/collect.ts';
import { lossyProxy } from '../../support/lossy-proxy.ts';
import { type MinioServer, startMinio } from '../../support/minio.ts';

let minio: MinioServer;
let store: MinioStore;
let bucket: string;
let count = 0;
const other = 'arn:minio:sqs::OTHER:webhook';

beforeAll(async () => {
  minio = await startMinio({
    webhook: { endpoint: 'http://127.0.0.1:9/', token: 'token' },
    env: { MINIO_NOTIFY_WEBHOOK_ENABLE_OTHER: 'on', MINIO_NOTIFY_WEBHOOK_ENDPOINT_OTHER: 'http://127.0.0.1:9/other' },
  });
  store = createMinioStore(minio.address, minio);
});
afterAll(async () => {
  store?.close();
  await minio?.stop();
});
beforeEach(async () => {
  bucket = `watched-${count++}`;
  await minio.client.makeBucket(bucket);
});

interface Rule {
  Queue: string;
  Event: string[];
  Filter: Array<{ Name: string; Value: string }>;
}
async function rules(arn = minio.arn): Promise<Rule[]> {
  const { QueueConfiguration } = (await minio.client.getBucketNotification(bucket)) as unknown as { QueueConfiguration: Rule[] };
  return QueueConfiguration.filter(({ Queue }) => Queue === arn);
}
const prefixes = async (arn?: string) =>
  (await rules(arn)).map(({ Filter }) => Filter.find(({ Name }) => Name === 'prefix')?.Value ?? '').sort();

describe('ensureNotifications', () => {
  it('makes one rule for each minimal prefix, for the four ways in which objects come', async () => {
    expect(await ensureNotifications(store, bucket, ['drop/', 'drop/hd/', 'ü & <b>/', 'drop/'], minio.arn)).toBe(true);
    expect(await prefixes()).toEqual(['drop/', 'ü & <b>/']);
    expect((await rules())[0]?.Event.sort()).toEqual([
      's3:ObjectCreated:CompleteMultipartUpload',
      's3:ObjectCreated:Copy',
      's3:ObjectCreated:Post',
      's3:ObjectCreated:Put',
    ]);
  });

  it('writes nothing where all is as it should be, and follows what is wanted', async () => {
    const wanted: Array<[prefixes: string[], written: boolean, kept: string[]]> = [
      [['b/', 'a/'], true, ['a/', 'b/']],
      [['a/', 'b/'], false, ['a/', 'b/']],
      [['a/'], true, ['a/']],
      [['a/', '/'], true, ['']],
      [[''], false, ['']],
      [[], true, []],
      [[], false, []],
    ];
    for (const [given, written, kept] of wanted) {
      expect(await ensureNotifications(store, bucket, given, minio.arn)).toBe(written);
      expect(await prefixes()).toEqual(kept);
    }
  });

  it('leaves the rules of others as they are', async () => {
    const suffix =
      '<Filter><S3Key><FilterRule><Name>prefix</Name><Value>007</Value></FilterRule><FilterRule><Name>suffix</Name><Value>.log</Value></FilterRule></S3Key></Filter>';
    const theirs = `<QueueConfiguration><Id>theirs</Id>${suffix}<Event>s3:ObjectRemoved:*</Event><Queue>${other}</Queue></QueueConfiguration>`;
    const body = Buffer.from(`<NotificationConfiguration>${theirs}</NotificationConfiguration>`);
    await minio.client.makeRequestAsyncOmit({ method: 'PUT', bucketName: bucket, query: 'notification' }, body);
    await ensureNotifications(store, bucket, ['drop/'], minio.arn);
    await ensureNotifications(store, bucket, ['drop2/'], minio.arn);
    expect(await prefixes()).toEqual(['drop2/']);
    const kept = await minio.client.makeRequestAsync({ method: 'GET', bucketName: bucket, query: 'notification' });
    const text = Buffer.concat(await collect(kept)).toString();
    expect(text).toContain('<Value>007</Value>');
    expect(text).toContain('<Value>.log</Value>');
    expect(text).toContain('s3:ObjectRemoved:');
    await ensureNotifications(store, bucket, [], minio.arn);
    expect(await rules(other)).toHaveLength(1);
  });

  it('tells the command that an administrator types, where it is not allowed', async () => {
    const proxy = await lossyProxy(minio.endpoint, ({ url }) => (url?.includes('notification') ? { status: 403 } : 'pass'));
    const own = createMinioStore({ ...minio.address, address: proxy.address }, minio);
    const failed = ensureNotifications(own, bucket, [`drop/it's/`], minio.arn);
    await expect(failed).rejects.toMatchObject({ code: 'STORAGE_NOTIFICATIONS' });
    await expect(failed).rejects.toThrow(
      `mc event add ALIAS/${bucket} arn:minio:sqs::GST:webhook --event put --prefix 'drop/it'\\''s/'`,
    );
    own.close();
    proxy.close();
  });

  it('says that the target is unknown', async () => {
    const failed = ensureNotifications(store, bucket, ['drop/'], 'arn:minio:sqs::NOBODY:webhook');
    await expect(failed).rejects.toMatchObject({ code: 'STORAGE_NOTIFICATIONS' });
    await expect(failed).rejects.toThrow('ARN');
  });

  it('says that the bucket is missing', async () => {
    await expect(ensureNotifications(store, 'missing', ['a/'], minio.arn)).rejects.toMatchObject({ code: 'STORAGE_NO_BUCKET' });
  });
});
