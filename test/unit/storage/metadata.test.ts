import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeValue, encodeValue, metadataLimit, objectHeaders, readMetadata } from '../../../lib/storage/metadata.ts';

describe('metadata', () => {
  const cases: Array<[value: string, wire: string]> = [
    ['plain text, as it is: a/b?c=d', 'plain text, as it is: a/b?c=d'],
    ['100%', '100%25'],
    ['ü', '%C3%BC'],
    ['日本', '%E6%97%A5%E6%9C%AC'],
    [' a  b ', '%20a%20%20b%20'],
    ['a\nb', 'a%0Ab'],
  ];
  it.each(cases)('goes over the wire as printable ASCII: %j', (value, wire) => {
    expect(encodeValue(value)).toBe(wire);
    expect(decodeValue(wire)).toBe(value);
  });

  it('comes back as it was, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        const wire = encodeValue(value);
        expect(wire).toMatch(/^[\x21-\x7e]?([\x20-\x7e]*[\x21-\x7e])?$/);
        expect(wire).not.toMatch(/ {2}/);
        expect(decodeValue(wire)).toBe(value);
      }),
    );
  });

  it('is found among the headers of an answer', () => {
    expect(readMetadata({ 'X-Amz-Meta-Gst-Job': 'a%20', 'content-type': 'x', 'x-amz-meta-b': '5% off' })).toEqual({
      'gst-job': 'a ',
      b: '5% off',
    });
  });

  it('may be as large as S3 allows, and no larger', () => {
    const options = (length: number) => ({ contentType: 'a/b', metadata: { n: 'x'.repeat(length) } });
    const room = metadataLimit - 'x-amz-meta-n'.length;
    expect(objectHeaders('key', options(room))['x-amz-meta-n']).toHaveLength(room);
    expect(() => objectHeaders('key', options(room + 1))).toThrow(expect.objectContaining({ code: 'STORAGE_METADATA' }));
  });

  it.each(['a b', 'ä', 'a:b', 'a\r\nb'])('cannot have the name %j', (name) => {
    expect(() => objectHeaders('key', { contentType: 'a/b', metadata: { [name]: 'x' } })).toThrow(
      expect.objectContaining({ code: 'STORAGE_METADATA' }),
    );
  });
});
