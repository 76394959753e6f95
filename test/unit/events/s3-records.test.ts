import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createdObjects, decodeKey, decodeS3Records, encodeKey, readNotification } from '../../../lib/events/index.ts';
import { notification } from '../../support/functions.ts';

describe('a key', () => {
  const cases: Array<[encoded: string, key: string]> = [
    ['drop%2Fa+b%2B%C3%BC.mp4', 'drop/a b+ü.mp4'],
    ['a%20b', 'a b'],
    ['100%sure.mp4', '100%sure.mp4'],
    ['a%2', 'a%2'],
    ['%E4.mp4', '%E4.mp4'],
    ['%ff%C3%BC', '%ff%C3%BC'],
    ['a%23b%3Fc%25d', 'a#b?c%d'],
    ['..%2F..%2Fetc%2Fpasswd', '../../etc/passwd'],
  ];
  it.each(cases)('written %j is %j', (encoded, key) => {
    expect(decodeKey(encoded)).toBe(key);
  });

  it('of any kind comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (key) => {
        expect(decodeKey(encodeKey(key))).toBe(key);
      }),
    );
  });
});

describe('a record', () => {
  const read = (object: object, record: object = {}) => decodeS3Records(notification(object as never, record as never))[0];

  const fields: Array<[name: string, object: object, wanted: object]> = [
    ['an etag in quotes', { eTag: '"abc"' }, { etag: 'abc' }],
    ['an etag in lower case', { eTag: undefined, etag: 'abc' }, { etag: 'abc' }],
    ['an empty etag', { eTag: '' }, { etag: undefined }],
    ['a size as text', { size: '12' }, { size: 12 }],
    ['no size', { size: undefined }, { size: 0 }],
    ['a size below nothing', { size: -1 }, { size: 0 }],
    ['an empty version', { versionId: '' }, { versionId: undefined }],
    [
      'metadata of MinIO',
      { userMetadata: { 'X-Amz-Meta-Gst-Chain': 'a/b', 'content-type': 'x' } },
      { userMetadata: { 'gst-chain': 'a/b' } },
    ],
    ['metadata of Ceph', { metadata: [{ key: 'x-amz-meta-gst-chain', val: 'a/b' }] }, { userMetadata: { 'gst-chain': 'a/b' } }],
    ['metadata that is no map', { userMetadata: 'x' }, { userMetadata: {} }],
  ];
  it.each(fields)('with %s is read', (_name, object, wanted) => {
    expect(read(object)).toMatchObject(wanted);
  });

  it('carries no more metadata than an event has room for', () => {
    const userMetadata = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`X-Amz-Meta-${n}`, 'x'.repeat(1000)]));
    expect(JSON.stringify(read({ userMetadata })?.userMetadata).length).toBeLessThan(9_000);
  });

  it('without a readable time is of the epoch: its time may be part of a key', () => {
    expect(read({}, { eventTime: 'yesterday' })?.eventTime).toBe('1970-01-01T00:00:00.000Z');
    expect(read({}, { eventTime: '2026-03-04 05:06:07' })?.eventTime).toMatch(/^2026-03-0[345]T/);
  });

  const unusable: Array<[name: string, object: object]> = [
    ['a key longer than S3 allows', { key: 'a'.repeat(1025) }],
    ['no key', { key: '' }],
    ['a key that is a number', { key: 7 }],
    ['a key that is no Unicode', { key: '\ud800' }],
  ];
  it.each(unusable)('with %s is counted, and left out', (_name, object) => {
    expect(readNotification(notification(object as never))).toEqual({ records: [], unusable: 1 });
  });

  it.each(['', 'a b', 'a/b', 'ü', 'x'.repeat(256)])('of a bucket named %j is left out', (name) => {
    const { Records } = notification();
    expect(decodeS3Records({ Records: [{ ...Records[0], s3: { ...Records[0]?.s3, bucket: { name } } }] })).toEqual([]);
  });
});

describe('a notification of any shape', () => {
  it('never throws', () => {
    fc.assert(
      fc.property(fc.anything(), (body) => {
        expect(Array.isArray(createdObjects(body))).toBe(true);
        expect(Array.isArray(createdObjects({ Records: [body] }))).toBe(true);
        expect(Array.isArray(createdObjects({ Records: [{ eventName: 'x', s3: body }] }))).toBe(true);
      }),
    );
  });

  it('is opened where it is wrapped, and only so deep', () => {
    const wrap = (times: number): unknown => (times === 0 ? notification() : { Message: JSON.stringify(wrap(times - 1)) });
    expect([0, 1, 2, 3, 4, 6].map((times) => createdObjects(wrap(times)).length)).toEqual([1, 1, 1, 1, 0, 0]);
  });

  it('is read where it comes as text', () => expect(createdObjects(JSON.stringify(notification()))).toHaveLength(1));

  const creations = ['Put', 'Post', 'Copy', 'CompleteMultipartUpload'].map((name) => `ObjectCreated:${name}`);
  const others = [
    'ObjectCreated:PutTagging',
    'ObjectCreated:PutRetention',
    'ObjectCreated:PutLegalHold',
    'ObjectCreated:DeleteTagging',
  ];
  it('tells of new content by four events, with or without their prefix', () => {
    const found = (name: string) => createdObjects(notification({}, { eventName: name })).length;
    expect([...creations, ...creations.map((name) => `s3:${name}`)].map(found)).toEqual(Array(8).fill(1));
    expect([...others, 'ObjectRemoved:Delete', 'ObjectCreated:*'].map((name) => found(`s3:${name}`))).toEqual(Array(6).fill(0));
  });
});
