import { describe, expect, it } from 'vitest';
import { mcCommand } from '../../../lib/storage/notifications.ts';
import { minimalPrefixes } from '../../../lib/storage/prefixes.ts';

describe('minimalPrefixes', () => {
  const cases: Array<[given: string[], wanted: string[]]> = [
    [[], []],
    [
      ['a/', 'b/'],
      ['a/', 'b/'],
    ],
    [
      ['b/', 'a/', 'b/'],
      ['a/', 'b/'],
    ],
    [['a/b/', 'a/', 'a/b/c'], ['a/']],
    [
      ['a', 'ab', 'b'],
      ['a', 'b'],
    ],
    [['a-', 'a', 'a/'], ['a']],
    [['drop/', '/'], ['']],
    [['drop/', ''], ['']],
  ];
  it.each(cases)('of %j are %j', (given, wanted) => {
    expect(minimalPrefixes(given)).toEqual(wanted);
  });
});

describe('mcCommand', () => {
  it.each([
    ['', 'mc event add ALIAS/films arn:minio:sqs::GST:webhook --event put'],
    ['drop/', "mc event add ALIAS/films arn:minio:sqs::GST:webhook --event put --prefix 'drop/'"],
    ["a'b", "mc event add ALIAS/films arn:minio:sqs::GST:webhook --event put --prefix 'a'\\''b'"],
  ])('can be pasted into a shell: %j', (prefix, command) => {
    expect(mcCommand('films', prefix, 'arn:minio:sqs::GST:webhook')).toBe(command);
  });
});
