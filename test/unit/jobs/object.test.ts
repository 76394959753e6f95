import { describe, expect, it } from 'vitest';
import { requestedRecord } from '../../../lib/jobs/index.ts';
import { objectOf } from '../../../lib/jobs/object.ts';
import { request } from '../../support/results.ts';
import { type Change, resolved } from '../../support/transforms.ts';

const record = requestedRecord(request);
const object = (spec: Change = {}) => objectOf(record, resolved({ spec }));

describe('the object of a record', () => {
  it('is told as the event told it', () => {
    const { key, etag, size, eventTime } = request.source;
    const told = {
      bucket: 'media',
      key,
      etag,
      size,
      eventTime: new Date(eventTime).toISOString(),
      endpoint: 'minio.example:9000',
    };
    expect(object()).toMatchObject(told);
  });

  const takers: Array<[name: string, spec: Change, taken: boolean]> = [
    ['a prefix around it', { src: { minio: { key: '' } } }, true],
    ['another prefix', { src: { minio: { key: 'else/' } } }, false],
    ['expressions that leave it out', { src: { minio: { include: '[.]mov$' } } }, false],
    ['another bucket', { src: { minio: { bucket: 'other' } } }, false],
    ['no wish for any at the moment', { suspend: true }, true],
  ];
  it.each(takers)('is for a Transform with %s', (_name, spec, taken) => {
    expect(object(spec) !== undefined).toBe(taken);
  });

  it('is none where the record does not say which content it had', () => {
    const { etag: _, ...src } = record.spec.src;
    expect(objectOf({ ...record, spec: { ...record.spec, src } }, resolved())).toBeUndefined();
  });
});
