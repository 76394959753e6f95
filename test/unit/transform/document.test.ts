import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { asKubectl } from '../../../lib/transform/document/scalars.ts';
import { parseResource, parseTransforms } from '../../../lib/transform/index.ts';
import { transformOf } from '../../support/transforms.ts';

const head = 'apiVersion: pipelines.gst.io/v1\nkind: Transform\n';
const short = ({ rule, line, column }: { rule: string; line?: number; column?: number }) => [rule, line, column];

describe('a file', () => {
  it('gives its Transforms, decoded Secrets, and the rest by kind', () => {
    const text = [
      `${head}metadata: {name: a}\nspec: {}`,
      'apiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: media}\ndata: {access-key-id: YWs=}\nstringData: {secret-access-key: sk}',
      `apiVersion: pipelines.gst.io/v1\nkind: SplitTransform\nmetadata: {name: b, namespace: media, generation: 3}\nspec: {}`,
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}',
      '# nothing but a comment',
    ].join('\n---\n');
    const { resources, secrets, others, findings } = parseTransforms(text, { file: 'x.yaml' });
    expect(findings).toEqual([]);
    expect(resources.map(({ kind, namespace, name, generation }) => [kind, namespace, name, generation])).toEqual([
      ['Transform', 'default', 'a', undefined],
      ['SplitTransform', 'media', 'b', 3],
    ]);
    expect(secrets).toEqual([{ namespace: 'media', name: 's', data: { 'access-key-id': 'ak', 'secret-access-key': 'sk' } }]);
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

describe('the place of a character in a text', () => {
  const texts: Array<[name: string, yaml: string, index: number, line: number, column: number]> = [
    ['without quotes', 'a ! b', 4, 5, 15],
    ['in double quotes', '"a ! b"', 4, 5, 16],
    ['behind an escape', '"a\\u0020\\" b"', 3, 5, 21],
    ['in single quotes, behind one of its own', "'it''s b'", 5, 5, 18],
    ['of a block', '|\n      a\n        ! b\n', 6, 7, 11],
    ['of a block behind an empty line', '|\n      a\n\n      b\n', 3, 8, 7],
    ['of a folded block', '>-\n      a\n      b\n', 2, 7, 7],
    ['over two lines', 'a\n      b', 2, 6, 7],
  ];
  it.each(texts)('%s', (_name, yaml, index, line, column) => {
    for (const end of ['\n', '\r\n']) {
      const { resources } = parseTransforms(`${head}metadata: {name: x}\nspec:\n  launch: ${yaml}\n`.replaceAll('\n', end));
      expect(resources[0]?.place(['spec', 'launch', index])).toEqual({ line, column });
    }
  });
});

describe('a plain scalar', () => {
  const read: Array<[written: string, value: unknown]> = [
    ...['yes', 'Yes', 'y', 'on', 'ON', 'true', 'TRUE'].map((text): [string, boolean] => [text, true]),
    ...['no', 'NO', 'n', 'off', 'False'].map((text): [string, boolean] => [text, false]),
    ['0100', 64],
    ['0o100', 64],
    ['0x10', 16],
    ['0b11', 3],
    ['-010', -8],
    ['007', 7],
    ['08', 8],
    ['2_048', 2048],
    ['1_0.5', 10.5],
    ['1e3', 1000],
    ['.5', 0.5],
    ['5.', 5],
    ['~', null],
    ['1:30', '1:30'],
    ['2024-05-06', '2024-05-06'],
    ['yEs', 'yEs'],
    ['=', '='],
    ['"no"', 'no'],
  ];
  it.each(read)('%s is read as kubectl reads it: %j', (written, value) => {
    const { resources } = parseTransforms(`${head}metadata: {name: x}\nspec:\n  value: ${written}\n`);
    expect(resources[0]?.value.spec).toEqual({ value });
  });

  it('tells how it is written, and text in quotes does not', () => {
    const { resources } = parseTransforms(`${head}metadata: {name: x}\nspec: {a: no, b: "no"}\n`);
    expect(['a', 'b'].map((name) => resources[0]?.plain(['spec', name]))).toEqual(['no', undefined]);
  });

  it('that is text is written with the quotes that it needs', () => {
    const text = stringify({ a: 'no', b: '0100', c: '2_048', d: 'plain', e: true }, asKubectl);
    expect(text).toBe('a: "no"\nb: "0100"\nc: "2_048"\nd: plain\ne: true\n');
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
    ['with a quotation that has no end', `${head}metadata: {name: "a}\n`, ['yaml-syntax', 3, 21]],
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

  const said: Array<[name: string, text: string, line: number, column: number, message: RegExp]> = [
    ['a template without quotes', 'spec:\n  key: {{ .SrcName }}.mp4\n', 2, 3, /put a key template in quotes/],
    ['a chart that nobody rendered', '{{- if .Values.on }}\na: b\n{{- end }}\n', 1, 1, /let Helm render a chart/],
    ['a dash without a blank', 'a:\n  - b: c\n  -d: e\n', 3, 3, /`- d:`/],
    ['a colon without a blank', 'a:\n  b:c\n  d: e\n', 2, 3, /`b: c`/],
    ['a field without a colon', 'a:\n  b\n  d: e\n', 2, 3, /a colon goes behind .*`b:`/],
    ['a field that is indented less', 'a:\n   b: 1\n  c: 2\n', 3, 3, /begins at one column/],
    ['a field that is indented more', 'a:\n  b: 1\n   c: 2\n', 2, 6, /begins at one column/],
    ['a list that is indented more', 'a:\n  - b: c\n    - d: e\n', 3, 5, /begins at one column/],
    ['two fields in one line', 'a: b: c\n', 1, 1, /stands in quotes/],
    ['a no-break space', 'a:\n  b: 1\n\u00a0 c: 2\n  d: e: f', 3, 1, /no-break space/],
    ['an escape that is none', 'a: "\\.tmp$"\n', 1, 5, /written `\\\\`/],
    ['quotes within quotes', 'a: "x "y" z"\n', 1, 8, /quotes of the other kind/],
    ['a quote that is never closed', 'a: "x\n', 1, 6, /`"` is never closed/],
    ['a value that begins with @', 'a: @x\n', 1, 4, /begins with `@` stands in quotes/],
    ['nesting without end', `x: ${'{a: '.repeat(5000)}1${'}'.repeat(5000)}`, 1, 0, /nested too deep/],
    ['an alias of what it is in', 'a: &x\n  b: *x\n', 2, 6, /`\*x` stands for what it is a part of/],
    ['bytes that are no UTF-8', 'a: b\nc: \ufffd\n', 2, 4, /no text in UTF-8/],
    ['a character that YAML has not', 'a: b\0\n', 1, 5, /U\+0000/],
  ];
  it.each(said)('%s is told in one sentence, with what to write', (_name, text, line, column, message) => {
    const [finding, ...others] = parseTransforms(text).findings;
    expect(finding?.message).toMatch(message);
    expect([finding?.line, column === 0 ? 0 : finding?.column]).toEqual([line, column]);
    expect(others).toEqual([]);
  });

  it('names the key that is there twice', () => {
    const { findings } = parseTransforms(`${head}metadata: {name: a}\nspec:\n  src: {}\n  "src": {}\n`);
    expect(findings[0]?.message).toBe('`src` is there twice in one map');
  });

  it('may be several that were put together, each with a byte order mark', () => {
    const { resources, findings } = parseTransforms(
      `\ufeff${head}metadata: {name: a}\nspec: {}\n---\n\ufeff${head}metadata: {name: b}\nspec: {}\n`,
    );
    expect([resources.map(({ name }) => name), findings]).toEqual([['a', 'b'], []]);
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
