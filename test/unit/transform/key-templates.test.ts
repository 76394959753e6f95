import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkOutputKeys, compileKeyTemplate, outputKey, sinkObjects } from '../../../lib/transform/index.ts';
import { functions, refused } from '../../../lib/transform/template/functions/index.ts';
import { resolved } from '../../support/transforms.ts';

const source = { bucket: 'media', key: 'drop/x/My Clip_01.mkv', etag: '0123abcd', eventTime: '2024-05-06T07:08:09.123Z' };
const render = (template: string, of: Partial<typeof source> = {}) => compileKeyTemplate(template).render({ ...source, ...of });

describe('what a template knows of its source', () => {
  const fields = '{{ .SrcName }}|{{ .SrcExt }}|{{ .SrcDir }}|{{ .SrcKey }}|{{ .Bucket }}|{{ .ETag }}';
  const cases: Array<[key: string, name: string, ext: string, dir: string]> = [
    ['a.mkv', 'a', '.mkv', ''],
    ['x/a.tar.gz', 'a.tar', '.gz', 'x'],
    ['x/y/a', 'a', '', 'x/y'],
    ['x/.hidden', '.hidden', '', 'x'],
    ['x/.hidden.mkv', '.hidden', '.mkv', 'x'],
    ['x.y/a', 'a', '', 'x.y'],
    ['a.', 'a', '.', ''],
    ['ü/ä🎬.mkv', 'ä🎬', '.mkv', 'ü'],
    ['a b+c%20.mkv', 'a b+c%20', '.mkv', ''],
  ];
  it.each(cases)('%s', (key, name, ext, dir) => {
    expect(render(fields, { key })).toBe([name, ext, dir, key, 'media', '0123abcd'].join('|'));
  });
});

describe('a compiled template', () => {
  it('is compiled once, for all that share it, as long as it is one of the last thousand', () => {
    const template = compileKeyTemplate('shared/{{ .SrcName }}');
    expect(compileKeyTemplate('shared/{{ .SrcName }}')).toBe(template);
    for (let n = 0; n < 1000; n++) compileKeyTemplate(`${n}/{{ .SrcName }}`);
    expect(compileKeyTemplate('shared/{{ .SrcName }}')).not.toBe(template);
  });
});

describe('now', () => {
  it("is the time of the object's event, in UTC, and not of the clock", () => {
    expect(render('{{ now | date "2006-01-02T15:04:05" }}')).toBe('2024-05-06T07:08:09');
    expect(render('{{ now | date "2006-01-02T15:04:05.000" }}', { eventTime: '1999-12-31T23:59:59.5+01:00' })).toBe(
      '1999-12-31T22:59:59.500',
    );
  });
  it('gives the same object the same key, whenever it is asked', () => {
    const templates = [
      '{{ now }}',
      '{{ date "15:04:05" 0 }}',
      '{{ ago now }}',
      '{{ htmlDate nil }}',
      '{{ unixEpoch now }}',
      '{{ now | dateModify "-2h" }}',
    ];
    for (const template of templates) expect(render(template)).toBe(render(template));
  });
  it('that cannot be read is a fault, not the year 1970', () => {
    expect(() => render('{{ now }}', { eventTime: 'soon' })).toThrow('soon');
  });
});

describe('refused before any object comes', () => {
  const cases: Array<[template: string, rule: string, message: string]> = [
    ['{{ randAlphaNum 5 }}', 'template-function', 'random'],
    ['{{ uuidv4 }}', 'template-function', 'random'],
    ['{{ env "HOME" }}', 'template-function', 'environment'],
    ['{{ expandenv "$HOME" }}', 'template-function', 'environment'],
    ['{{ getHostByName "a" }}', 'template-function', 'network'],
    ['{{ genPrivateKey "rsa" }}', 'template-function', 'keys'],
    ['{{ toJson . }}', 'template-function', 'no use'],
    ['{{ nosuch .SrcName }}', 'template-function', 'no function `nosuch`'],
    ['{{ lowr .SrcName }}', 'template-function', 'did you mean `lower`?'],
    ['{{ if false }}{{ uppr "a" }}{{ end }}', 'template-function', 'did you mean `upper`?'],
    ['{{ .srcname }}', 'template-field', 'did you mean `.SrcName`?'],
    ['{{ .Foo }}', 'template-field', 'there are .SrcName'],
    ['{{ .SrcName.First }}', 'template-field', 'is text'],
    ['{{ with .SrcDir }}{{ $.Nope }}{{ end }}', 'template-field', '.Nope'],
    ['{{ template "a" }}', 'template-function', 'no named templates'],
    ['{{ block "a" . }}{{ end }}', 'template-function', 'no named templates'],
    ['{{ .SrcName', 'template-invalid', 'no end'],
    ['{{ "a }}', 'template-invalid', 'quotation'],
    ['{{ }}', 'template-invalid', 'missing'],
    ['{{ if .SrcDir }}a', 'template-invalid', 'no `end`'],
    ['{{ end }}', 'template-invalid', 'without a block'],
    ['{{ break }}', 'template-invalid', 'outside of range'],
    ['{{ $x }}', 'template-invalid', '$x'],
    ['{{ (lower .SrcName }}', 'template-invalid', '`)` is missing'],
    ['{{ .SrcName | }}', 'template-invalid', 'missing'],
    ['{{ 08 }}', 'template-invalid', 'octal'],
    ['{{ "\\q" }}', 'template-invalid', 'escape'],
    ['{{ 5 | 6 }}', 'template-invalid', 'function'],
    ['x'.repeat(4097), 'template-limit', '4096'],
    [`${'{{ if true }}'.repeat(60)}a${'{{ end }}'.repeat(60)}`, 'template-invalid', 'nested'],
  ];
  it.each(cases)('%s', (template, rule, message) => {
    const { findings } = compileKeyTemplate(template);
    expect(findings.map((finding) => finding.rule)).toEqual([rule]);
    expect(findings[0]?.message).toContain(message);
    expect(() => render(template)).toThrow();
  });

  it('every function that is listed as refused is none that works', () => {
    const names = Object.values(refused).flat();
    expect(names.length).toBeGreaterThan(40);
    for (const name of names) {
      expect(functions.has(name), name).toBe(false);
      expect(compileKeyTemplate(`{{ ${name} }}`).findings, name).toHaveLength(1);
    }
  });

  it('tells every unknown name at once, with line and column', () => {
    const { findings } = compileKeyTemplate('a{{ nope1 }}\n{{ .Nope2 }}{{ if nope3 }}b{{ end }}');
    expect(findings.map(({ line, column }) => [line, column])).toEqual([
      [1, 5],
      [2, 4],
      [2, 19],
    ]);
  });
});

describe('faults for one object', () => {
  it.each([
    ['{{ fail "no such thing" }}', 'no such thing'],
    ['{{ index (list 1) 5 }}', 'no entry 5'],
    ['{{ div 1 0 }}', 'division by zero'],
    ['{{ lower 5 }}', 'argument 1 of `lower` is text'],
    ['{{ eq 1 "1" }}', 'cannot be compared'],
    ['{{ get (dict) "a" | first }}', 'is a list'],
    ['{{ (dict "a" 1).b }}', 'no value'],
    ['{{ regexFind "(?=a)" "a" }}', 'regexFind'],
    ['{{ repeat 9000 "a" }}', '8192'],
    ['{{ range until 9000 }}{{ end }}', '8192'],
    ['{{ range until 2000 }}{{ range until 2000 }}a{{ end }}{{ end }}', 'work'],
    ['{{ $d := dict }}{{ $x := set $d "a" $d }}{{ $d }}', ''],
  ])('%s', (template, message) => {
    expect(compileKeyTemplate(template).findings).toEqual([]);
    expect(() => render(template)).toThrow(message);
  });
});

describe('a template', () => {
  it('without an action is its own key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 50 }), (text) => {
        fc.pre(!text.includes('{{'));
        expect(render(text)).toBe(text);
      }),
    );
  });

  it('carries any text of the source as it is: what a name holds is never read as a template', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (name) => {
        fc.pre(!name.includes('/') && !name.includes('.'));
        expect(render('a/{{ .SrcName }}', { key: name })).toBe(`a/${name}`);
        expect(render('{{ .SrcKey }}', { key: '{{ fail "x" }}' })).toBe('{{ fail "x" }}');
      }),
    );
  });

  it('never throws when it is compiled, and only its own faults when it is rendered, within a moment', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '{{',
        '}}',
        '{{-',
        '-}}',
        ' | ',
        '(',
        ')',
        '"',
        '`',
        '$x',
        ':=',
        ' ',
        'if',
        'else',
        'end',
        'range',
        'with',
        '.SrcName',
        '.',
        '5',
        '-1',
        '1e9',
        '/*',
        '*/',
      ),
      fc.constantFrom(...functions.keys()),
      fc.string({ unit: 'grapheme', maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const template = compileKeyTemplate(pieces.join(''));
        try {
          template.render(source);
        } catch (error) {
          expect((error as Error).name).toBe('TemplateFault');
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the key of an output', () => {
  const of = (keyTemplate: string, key = source.key) => outputKey({ name: 'out', keyTemplate }, { ...source, key });

  it.each([
    ['', 'My Clip_01.mkv'],
    ['mp4/{{ .SrcName }}.mp4', 'mp4/My Clip_01.mp4'],
    ['hls/{{ .SrcName }}/', 'hls/My Clip_01/'],
    ['a..b/..c/d..', 'a..b/..c/d..'],
  ])('%j gives %j', (template, wanted) => {
    expect(of(template)).toBe(wanted);
  });

  it.each([
    ['climbs', '../{{ .SrcName }}'],
    ['climbs in its middle', 'a/../../{{ .SrcName }}'],
    ['climbs by what the source is named', 'a/{{ .SrcName }}/b', 'x/...mkv'],
    ['begins with /', '/{{ .SrcName }}'],
    ['is empty', '{{ if false }}a{{ end }}'],
    ['has an empty segment', 'a//b'],
    ['has . as a segment', './a'],
    ['is too long', 'a'.repeat(1025)],
    ['is too long in bytes', 'ä'.repeat(513)],
    ['has a line end', 'a\nb'],
    ['has a NUL', 'a/{{ .SrcName }}', 'a\u0000b'],
    ['is no Unicode', 'a/{{ .SrcName }}', 'a\ud800b'],
  ])('that %s is refused for good', (_name, template, key = source.key) => {
    expect(() => of(template, key)).toThrow(expect.objectContaining({ code: 'OUTPUT_KEY_INVALID', class: 'permanent' }));
  });

  it('may have 1024 bytes', () => {
    expect(of('a'.repeat(1024))).toHaveLength(1024);
  });

  const { endpoint } = resolved().source;
  const place = (bucket: string, key: string, name = 'out', address = 'm:1') => ({ name, bucket, key, endpoint: { address } });

  it('that is the source itself, or that of another sink, is refused for good', () => {
    const fault = expect.objectContaining({ code: 'OUTPUT_KEY_INVALID', class: 'permanent' });
    expect(() => checkOutputKeys([place('b', 'k')], place('b', 'k'))).toThrow(fault);
    expect(() => checkOutputKeys([place('b', 'k', 'x'), place('b', 'k', 'y')], place('b', 's'))).toThrow(fault);
    // elsewhere it is another object
    checkOutputKeys([place('other', 'k')], place('b', 'k'));
    checkOutputKeys([place('b', 'k', 'x', 'n:1')], place('b', 'k'));
  });

  it('of an object that is its own output by its name is refused when that object comes', () => {
    const { sinks } = resolved({ spec: { sink: { minio: { key: '{{ .SrcDir }}/{{ .SrcName }}.mp4' } } } });
    const object = (key: string) => ({ ...source, endpoint, key });
    expect(sinkObjects(sinks, object('drop/a.mkv'))[0]?.key).toBe('drop/a.mp4');
    expect(() => sinkObjects(sinks, object('drop/a.mp4'))).toThrow(expect.objectContaining({ code: 'OUTPUT_KEY_INVALID' }));
  });
});
