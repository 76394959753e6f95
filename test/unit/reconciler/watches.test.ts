import { describe, expect, it } from 'vitest';
import { bucketWatches } from '../../../functions/reconciler/watches.ts';
import { resolveWritten, type Written } from '../../support/transforms.ts';

const watches = (...written: Written[]) => bucketWatches(written.flatMap((one) => resolveWritten(one).transform ?? []));

describe('the buckets that are watched', () => {
  it('are told apart by server and bucket, and hold the prefixes of all who watch them', () => {
    const found = watches(
      { name: 'a', namespace: 'one' },
      { name: 'b', namespace: 'two', spec: { src: { minio: { key: 'other/' } } } },
      { name: 'c', namespace: 'two' },
      { name: 'd', spec: { globals: { minio: { bucket: 'films' } } } },
      { name: 'e', spec: { globals: { minio: { endpoint: 'elsewhere.example:9000' } } } },
    );
    expect(
      found.map(({ address, bucket, prefixes, readers }) => [
        address,
        bucket,
        prefixes,
        readers.map(({ namespace }) => namespace),
      ]),
    ).toEqual([
      ['elsewhere.example:9000', 'media', ['drop/'], ['default']],
      ['minio.example:9000', 'films', ['drop/'], ['default']],
      ['minio.example:9000', 'media', ['drop/', 'other/'], ['one', 'two']],
    ]);
  });
});
