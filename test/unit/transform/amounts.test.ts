import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../../lib/transform/duration.ts';
import { guessContentType } from '../../../lib/transform/index.ts';
import { formatBytes, parseQuantity, quantityPattern } from '../../../lib/transform/quantity.ts';

describe('Go durations', () => {
  it.each<[string, number | undefined]>([
    ['8m', 480],
    ['1h30m', 5400],
    ['1.5s', 1.5],
    ['.5h', 1800],
    ['500ms', 0.5],
    ['2µs', 2e-6],
    ['0', 0],
    ['-1m', -60],
    ['+1m', 60],
    ['', undefined],
    ['8', undefined],
    ['8 m', undefined],
    ['8min', undefined],
    ['m', undefined],
    ['1d', undefined],
    ['8M', undefined],
    ['.s', undefined],
    ['9999999999h', undefined],
  ])('%j is %j s', (text, wanted) => {
    const seconds = parseDuration(text);
    expect(seconds === undefined ? undefined : Number(seconds.toPrecision(12))).toBe(wanted);
  });
  it('are printed as they are read', () => {
    fc.assert(
      fc.property(fc.nat(100_000_000), (seconds) => {
        expect(parseDuration(formatDuration(seconds))).toBe(seconds);
      }),
    );
  });
});

describe('Kubernetes quantities', () => {
  it.each<[string | number, number | undefined]>([
    ['16Gi', 16 * 2 ** 30],
    ['500M', 5e8],
    ['1k', 1000],
    ['1Ki', 1024],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['500m', 0.5],
    ['1e3', 1000],
    ['1E', 1e18],
    ['1E2', 100],
    ['.5', 0.5],
    ['5.', 5],
    ['-1', -1],
    [1024, 1024],
    ['', undefined],
    ['16 Gi', undefined],
    ['16GB', undefined],
    ['16K', undefined],
    ['16gi', undefined],
    ['Gi', undefined],
    ['1e', undefined],
    ['0x10', undefined],
  ])('%j is %j', (text, wanted) => {
    expect(parseQuantity(text)).toBe(wanted);
    // the pattern that the API server holds says the same
    expect(new RegExp(quantityPattern).test(String(text))).toBe(wanted !== undefined);
  });
  it('are printed so that they are read as nearly the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 50 }), (bytes) => {
        expect(Math.abs((parseQuantity(formatBytes(bytes)) ?? 0) / bytes - 1)).toBeLessThan(0.01);
      }),
    );
  });
});

it.each([
  ['a.mp4', 'video/mp4'],
  ['x/A.MP4', 'video/mp4'],
  ['hls/a/index.m3u8', 'application/vnd.apple.mpegurl'],
  ['a.tar.gz', 'application/gzip'],
  ['a', 'application/octet-stream'],
  ['.mp4', 'application/octet-stream'],
  ['x.mp4/a', 'application/octet-stream'],
  ['a.constructor', 'application/octet-stream'],
  ['a.unknown', 'application/octet-stream'],
])('the media type of %s is %s', (key, wanted) => {
  expect(guessContentType(key)).toBe(wanted);
});
