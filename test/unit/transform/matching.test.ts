import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTransformIndex, type ResolvedTransform } from '../../../lib/transform/index.ts';
import { compilePattern, patternFault } from '../../../lib/transform/match/pattern.ts';
import { cpuTime } from '../../support/cpu-time.ts';
import { type Change, resolved } from '../../support/transforms.ts';

const takes = (name: string, minio: Change, more: Change = {}) =>
  resolved({ name, spec: { ...more, src: { minio }, sink: { minio: { bucket: 'outputs' } } } });
const names = (found: ResolvedTransform[]) => found.map(({ ref }) => ref.name).sort();

describe('an object is taken by', () => {
  const index = createTransformIndex([
    takes('all', { key: '' }),
    takes('slash', { key: '/' }),
    takes('drop', { key: 'drop/' }),
    takes('deep', { key: 'drop/x/' }),
    takes('part', { key: 'dro' }),
    takes('mkv', { key: 'drop/', include: '\\.mkv$' }),
    takes('no-tmp', { key: 'drop/', exclude: '\\.(tmp|part)$' }),
    takes('both', { key: 'drop/', include: '\\.mkv$', exclude: 'raw' }),
    takes('suspended', { key: 'drop/' }, { suspend: true }),
    takes('elsewhere', { key: 'drop/', bucket: 'other' }),
    takes('server', { key: 'drop/', endpoint: 'second:9000' }),
  ]);
  const cases: Array<[object: Parameters<typeof index.match>[0], wanted: string[]]> = [
    [{ bucket: 'media', key: 'drop/a.mkv' }, ['all', 'both', 'drop', 'mkv', 'no-tmp', 'part', 'server', 'slash']],
    [{ bucket: 'media', key: 'drop/x/a.mp4' }, ['all', 'deep', 'drop', 'no-tmp', 'part', 'server', 'slash']],
    [{ bucket: 'media', key: 'drop/raw.mkv' }, ['all', 'drop', 'mkv', 'no-tmp', 'part', 'server', 'slash']],
    [{ bucket: 'media', key: 'drop/a.tmp' }, ['all', 'drop', 'part', 'server', 'slash']],
    [{ bucket: 'media', key: 'a.mkv' }, ['all', 'slash']],
    [{ bucket: 'media', key: 'Drop/a.mkv' }, ['all', 'slash']],
    [{ bucket: 'other', key: 'drop/a.mkv' }, ['elsewhere']],
    [{ bucket: 'nowhere', key: 'drop/a.mkv' }, []],
    // where the server is known, only Transforms of that server
    [{ endpoint: 'second:9000', bucket: 'media', key: 'drop/a.mkv' }, ['server']],
    [{ endpoint: 'Second:9000', bucket: 'media', key: 'drop/a.mkv' }, ['server']],
    [{ endpoint: 'third:9000', bucket: 'media', key: 'drop/a.mkv' }, []],
    // folder markers
    [{ bucket: 'media', key: 'drop/', size: 0 }, []],
    [{ bucket: 'media', key: 'drop/' }, []],
    [{ bucket: 'media', key: 'drop/x/', size: 5 }, ['all', 'deep', 'drop', 'no-tmp', 'part', 'server', 'slash']],
    [{ bucket: 'media', key: 'drop/empty.mkv', size: 0 }, ['all', 'both', 'drop', 'mkv', 'no-tmp', 'part', 'server', 'slash']],
  ];
  it.each(cases)('%j: %j', (object, wanted) => {
    expect(names(index.match(object))).toEqual(wanted);
  });

  it('a server may be told without its port', () => {
    const tls = createTransformIndex([
      takes('a', { endpoint: 's3.example' }, { globals: { minio: { insecureNoTLS: undefined } } }),
    ]);
    expect(tls.match({ endpoint: 's3.example', bucket: 'media', key: 'drop/a' })).toHaveLength(1);
    expect(tls.match({ endpoint: 's3.example:443', bucket: 'media', key: 'drop/a' })).toHaveLength(1);
    expect(tls.match({ endpoint: 's3.example:9000', bucket: 'media', key: 'drop/a' })).toHaveLength(0);
  });
});

describe('the index', () => {
  it('replaces a Transform of the same name, and forgets one that is deleted', () => {
    const index = createTransformIndex([takes('a', { key: 'one/' })]);
    index.set(takes('a', { key: 'two/' }));
    expect(index.size).toBe(1);
    expect(index.match({ bucket: 'media', key: 'one/x' })).toEqual([]);
    expect(names(index.match({ bucket: 'media', key: 'two/x' }))).toEqual(['a']);
    index.delete({ kind: 'Transform', namespace: 'default', name: 'a' });
    expect(index.size).toBe(0);
    expect(index.match({ bucket: 'media', key: 'two/x' })).toEqual([]);
  });

  it('goes on finding the others whose prefix is as long as one that went', () => {
    const index = createTransformIndex([takes('a', { key: 'one/' }), takes('b', { key: 'two/' })]);
    index.delete({ kind: 'Transform', namespace: 'default', name: 'a' });
    expect(names(index.match({ bucket: 'media', key: 'two/x' }))).toEqual(['b']);
    index.set(takes('a', { key: 'one/' }));
    expect(names(index.match({ bucket: 'media', key: 'one/x' }))).toEqual(['a']);
  });

  it('tells kinds and namespaces apart', () => {
    const index = createTransformIndex([
      takes('a', {}),
      { ...takes('a', {}), ref: { kind: 'Transform', namespace: 'b', name: 'a' } },
    ]);
    expect(index.size).toBe(2);
  });

  it('finds what a search through all would find, however they come and go', () => {
    const key = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 5 });
    const step = fc.record({ name: fc.constantFrom('t1', 't2', 't3'), prefix: key, remove: fc.boolean(), suspend: fc.boolean() });
    const base = takes('x', {});
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), key, (steps, object) => {
        const index = createTransformIndex();
        const plain = new Map<string, ResolvedTransform>();
        for (const { name, prefix, remove, suspend } of steps) {
          const ref = { ...base.ref, name };
          const transform = { ...base, ref, suspend, source: { ...base.source, prefix } };
          if (remove) index.delete(ref);
          else index.set(transform);
          if (remove) plain.delete(name);
          else plain.set(name, transform);
        }
        const wanted = [...plain.values()].filter((one) => !one.suspend && object.startsWith(one.source.prefix));
        expect(names(index.match({ bucket: 'media', key: object, size: 1 }))).toEqual(names(wanted));
        expect(index.size).toBe(plain.size);
      }),
    );
  });
});

describe('expressions are those of RE2', () => {
  it.each([
    '(?=a)',
    '(?!a)',
    '(?<=a)',
    '(?<!a)',
    '(a)\\1',
    '(?<n>a)\\k<n>',
    'a{1001}',
    '\\cA',
    '*a',
    'a**',
    '[b-a]',
    '(',
    '\\u0041',
  ])('refused: %s, which JavaScript would take or not', (pattern) => {
    expect(patternFault(pattern)).toMatch(/^RE2 refuses it: ./);
  });

  it.each([
    ['(?i)\\.MKV$', 'a.mkv', true],
    ['(?P<name>a)b', 'ab', true],
    ['\\Aa\\z', 'a', true],
    ['\\Qa.b\\E', 'a.b', true],
    ['\\Qa.b\\E', 'axb', false],
    ['[[:alpha:]]+', 'a', true],
    ['\\pL', 'ä', true],
    ['(?s)a.b', 'a\nb', true],
    ['(?U)a+', 'aa', true],
    ['^drop/', 'x/drop/', false],
    ['drop/', 'x/drop/', true],
    ['\\.mp4$', 'a.mp4.tmp', false],
    ['ä', 'ä', true],
    ['^.$', '🎬', true],
  ])('taken: %s on %j is %j', (pattern, key, wanted) => {
    expect(patternFault(pattern)).toBeUndefined();
    expect(compilePattern(pattern).test(key)).toBe(wanted);
  });

  it('says what RE2 lacks', () => {
    expect(patternFault('a(?!b)')).toContain('no look-ahead');
    expect(patternFault('(a)\\1')).toContain('no back-references');
  });

  it('take linear time on what makes others explode', () => {
    const begin = cpuTime();
    expect(compilePattern('^(a+)+$').test(`${'a'.repeat(1000)}b`)).toBe(false);
    expect(compilePattern('(x+x+)+y').test('x'.repeat(1000))).toBe(false);
    expect(cpuTime() - begin).toBeLessThan(2000); // ms; a backtracking engine takes longer than the universe is old
  });

  it('may not be of any length', () => {
    expect(patternFault('a'.repeat(2001))).toContain('2000');
  });
});
