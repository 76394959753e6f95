import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseResource, parseTransforms } from '../../../lib/transform/index.ts';
import { transformOf } from '../../support/transforms.ts';

const head = 'apiVersion: pipelines.gst.io/v1\nkind: Transform\n';
const short = ({ rule, line, column }: { rule: string; line?: number; column?: number }) => [rule, line, column];

describe('a file', () => {
  it('gives its Transforms, decoded Secrets, and the rest by kind', () => {
    const text = [
      `${head}metadata: {name: a}\nspec: {}`,
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: n}\ndata: {access-key-id: YWs=}\nstringData: {secret-access-key: sk}',
      `apiVersion: pipelines.gst.io/v1\nkind: SplitTransform\nmetadata: {name: b, namespace: n, generation: 3}\nspec: {}`,
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}',
      '# nothing but a comment',
    ].join('\n---\n');
    const { resources, secrets, others, findings } = parseTransforms(text, { file: 'x.yaml' });
    expect(findings).toEqual([]);
    expect(resources.map(({ kind, namespace, name, generation }) => [kind, namespace, name, generation])).toEqual([
      ['Transform', 'default', 'a', undefined],
      ['SplitTransform', 'n', 'b', 3],
    ]);
    expect(secrets).toEqual([{ namespace: 'n', name: 's', data: { 'access-key-id': 'ak', 'secret-access-key': 'sk' } }]);
    expect(others.map(({ kind, line }) => [kind, line])).toEqual([
      ['Secret', 6],
      ['ConfigMap', 17],
    ]);
  });

  it('may be what kubectl get -o yaml prints: a List', () => {
    const { resources } = parseTransforms(
      `apiVersion: v1\nkind: List\nitems:\n- apiVersion: pipelines.gst.io/v1\n  kind: Transform\n  metadata:\n    name: a\n  spec:\n    suspend: 1\n`,
    );
    expect(resources).toHaveLength(1);
    expect(resources[0]?.place(['spec', 'suspend'])).toEqual({ line: 9, column: 5 });
  });

  it.each([
    ['empty', ''],
    ['of comments', '# a\n# b\n'],
    ['of empty documents', '---\n---\n'],
  ])('that is %s holds nothing, and that is no fault', (_name, text) => {
    expect(parseTransforms(text)).toEqual({ resources: [], secrets: [], others: [], findings: [] });
  });
});

describe('places', () => {
  const text = `${head}metadata:\n  name: a\nspec:\n  pipeline:\n    elements:\n      - name: x264enc\n        properties: {bitrate: 5, "a.b": 1}\n      - {goto: x}\n`;
  const { resources } = parseTransforms(text, { file: 'f.yaml' });
  const cases: Array<[path: Array<string | number>, line: number, column: number]> = [
    [['metadata', 'name'], 4, 3],
    [['spec', 'pipeline', 'elements', 0], 8, 9],
    [['spec', 'pipeline', 'elements', 0, 'properties', 'bitrate'], 9, 22],
    [['spec', 'pipeline', 'elements', 0, 'properties', 'a.b'], 9, 34],
    [['spec', 'pipeline', 'elements', 1, 'goto'], 10, 10],
    // what is not there: the nearest map around it
    [['spec', 'sink', 'minio', 'key'], 5, 1],
    [['spec', 'pipeline', 'elements', 7], 7, 5],
    [['status'], 1, 1],
  ];
  it.each(cases)('of %j is %i:%i', (path, line, column) => {
    expect(resources[0]?.place(path)).toEqual({ file: 'f.yaml', line, column });
  });
});

describe('places of a text that was read long ago', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('are the same, for the text is read again where its tree is no longer kept', () => {
    const ask = () =>
      parseTransforms(`${head}metadata: {name: a}\n---\n${head}metadata:\n  name: b\nspec:\n  suspend: 1\n`).resources.map(
        ({ place }) =>
          [
            ['metadata', 'name'],
            ['spec', 'suspend'],
            ['spec', 'none'],
          ].map((path) => place(path)),
      );
    const kept = ask();
    const held = vi.fn(() => undefined);
    vi.stubGlobal(
      'WeakRef',
      class {
        deref = held;
      },
    );
    expect(ask()).toEqual(kept);
    expect(held).toHaveBeenCalled();
  });
});

describe('a text that cannot be read', () => {
  const cases: Array<[name: string, text: string, wanted: unknown[]]> = [
    ['indented by a tab', `${head}metadata:\n\tname: a\n`, ['yaml-syntax', 4, 1]],
    ['with a quotation that has no end', `${head}metadata: {name: "a}\n`, ['yaml-syntax', 4, 1]],
    ['with a flow map that has no end', `${head}metadata: {name: a\n`, ['yaml-syntax', 4, 1]],
    ['with a key twice', `${head}metadata:\n  name: a\n  name: b\nspec: {}\n`, ['duplicate-key', 5, 3]],
    ['with an alias of nothing', `${head}metadata: *x\n`, ['yaml-alias', 3, 11]],
    ['that is a list', '- a\n- b\n', ['not-a-resource', 1, 1]],
    ['that is plain text', 'hello\n', ['not-a-resource', 1, 1]],
    ['without a kind', 'apiVersion: pipelines.gst.io/v1\nmetadata: {name: a}\n', ['missing', 1, 1]],
    ['without an apiVersion', 'kind: Transform\n', ['missing', 1, 1]],
    ['with the version of another group', 'apiVersion: pipeline.gst.io/v1\nkind: Transform\n', ['api-version', 1, 1]],
    ['with a version that does not exist', 'apiVersion: pipelines.gst.io/v2\nkind: Transform\n', ['api-version', 1, 1]],
    ['of a kind that does not exist', 'apiVersion: pipelines.gst.io/v1\nkind: Tranform\n', ['unknown-kind', 2, 1]],
    [
      'with a Secret that is not base64',
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata:\n  access-key-id: "***"\n',
      ['secret-invalid', 5, 3],
    ],
  ];
  it.each(cases)('%s is told with its line', (_name, text, wanted) => {
    expect(parseTransforms(text).findings.map(short)).toContainEqual(wanted);
  });

  it('names the field whose case is wrong', () => {
    const { findings } = parseTransforms('apiversion: pipelines.gst.io/v1\nkind: Transform\n');
    expect(findings[0]?.message).toContain('`apiversion` is written `apiVersion`');
  });

  it('never repeats the value of a Secret', () => {
    const { findings } = parseTransforms('apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {k: "top*secret"}\n');
    expect(findings).toHaveLength(1);
    expect(JSON.stringify(findings)).not.toContain('top');
  });

  it('leaves the other documents of the file alone', () => {
    const { resources, findings } = parseTransforms(`a: [\n---\n${head}metadata: {name: a}\nspec: {}\n`);
    expect(findings.length).toBeGreaterThan(0);
    expect(resources.map(({ name }) => name)).toEqual(['a']);
  });

  it('may nest without end, or alias without end: told, not thrown', () => {
    for (const deep of ['[', '[ ', '{a: [', '- ']) {
      expect(parseTransforms(`a:\n${deep.repeat(1000)}`).findings.length).toBeGreaterThan(0);
    }
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 8; i++) {
      const before = String.fromCharCode(96 + i);
      const name = String.fromCharCode(97 + i);
      bomb.push(`${name}: &${name} [${Array(10).fill(`*${before}`).join(', ')}]`);
    }
    expect(parseTransforms(bomb.join('\n')).findings.map(({ rule }) => rule)).toEqual(['yaml-alias']);
  });

  it('is told once where it is too large to be one', () => {
    expect(parseTransforms('#'.repeat(5 * 1024 * 1024)).findings.map(({ rule }) => rule)).toEqual(['too-large']);
  });

  it('never throws, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.json()), (text) => {
        parseTransforms(text);
        parseTransforms(`${head}metadata: {name: a}\nspec: ${text}`);
      }),
      { numRuns: 100 },
    );
  });
});

describe('two Transforms of one name in a file', () => {
  const twin = (change: string) => `${head}metadata: {name: a}\nspec: {suspend: ${change}}\n`;
  it('are a fault, told where the second stands', () => {
    const { findings } = parseTransforms(`${twin('true')}---\n${twin('false')}`);
    expect(findings.map(short)).toEqual([['duplicate-name', 8, 12]]);
    expect(findings[0]?.message).toContain('first at line 3');
  });
  it('are none where they are the same, of another kind, or in another namespace', () => {
    expect(parseTransforms(`${twin('true')}---\n${twin('true')}`).findings).toEqual([]);
    expect(parseTransforms(`${twin('true')}---\n${twin('false').replace('Transform', 'SplitTransform')}`).findings).toEqual([]);
    expect(
      parseTransforms(`${twin('true')}---\n${twin('false').replace('{name: a}', '{name: a, namespace: b}')}`).findings,
    ).toEqual([]);
  });
});

describe('a Kubernetes object', () => {
  it('is a Transform without lines', () => {
    const { resource, findings } = parseResource(transformOf());
    expect(findings).toEqual([]);
    expect(resource?.name).toBe('sample');
    expect(resource?.place(['spec'])).toBeUndefined();
  });
  it.each([
    ['another kind', { apiVersion: 'v1', kind: 'Pod' }],
    ['nothing', undefined],
    ['text', 'x'],
  ])('that is %s gives none', (_name, object) => {
    expect(parseResource(object).resource).toBeUndefined();
  });
});
