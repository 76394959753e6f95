import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseResource, resolve } from '../../../lib/transform/index.ts';
import {
  type Change,
  changed,
  type Fields,
  feeding,
  resolveText,
  resolveWritten,
  told,
  transformOf,
} from '../../support/transforms.ts';

const globals = (minio: Change): Change => ({ globals: { minio } });
const src = (minio: Change): Change => ({ src: { minio } });
const sink = (minio: Change): Change => ({ sink: { minio } });
const pipeline = (change: Change): Change => ({ pipeline: change });
const sinks = (names: Record<string, Change>): Change => ({
  sink: undefined,
  sinks: names,
  pipeline: feeding(Object.keys(names)),
});
const certificate = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** One fault each: what is written, and all that is told of it. */
const cases: Array<[name: string, spec: Change, wanted: string[]]> = [
  // form
  ['an unknown field', { foo: 1 }, ['error unknown-field spec.foo']],
  ['an unknown field deep down', src({ buckets: 'a' }), ['error unknown-field spec.src.minio.buckets']],
  ['text where a boolean stands', globals({ insecureNoTLS: 'yes' }), ['error wrong-type spec.globals.minio.insecureNoTLS']],
  ['a number where text stands', src({ key: 5 }), ['error wrong-type spec.src.minio.key']],
  ['a list where a map stands', { globals: ['a'] }, ['error wrong-type spec.globals']],
  ['a value left empty', sink({ contentType: null }), ['warning empty spec.sink.minio.contentType']],
  ['a choice that is empty', { execution: null }, ['warning empty spec.execution']],
  ['what must be there, and is empty', { src: null }, ['error empty spec.src']],
  ['a sink that is empty', { sink: null }, ['error missing spec.sink']],
  [
    'a resource that nobody knows',
    pipeline({ resources: { limits: { memroy: '1Gi' } } }),
    ['error unknown-resource spec.pipeline.resources.limits.memroy'],
  ],
  ['a resource of a device', pipeline({ resources: { limits: { 'nvidia.com/gpu': 1 } } }), []],
  [
    'a part of a byte',
    pipeline({ resources: { limits: { memory: '512m' } } }),
    ['error out-of-range spec.pipeline.resources.limits.memory'],
  ],
  [
    'a request over its limit',
    pipeline({ resources: { limits: { cpu: '500m' }, requests: { cpu: 1 } } }),
    ['error over-limit spec.pipeline.resources.requests.cpu'],
  ],
  ['a request of its limit', pipeline({ resources: { limits: { cpu: 1 }, requests: { cpu: '1000m' } } }), []],
  ['a choice that is none', { execution: 'jobs' }, ['error not-allowed spec.execution']],
  ['no pipeline', { pipeline: undefined }, ['error missing spec.pipeline']],
  ['no src', { src: undefined }, ['error missing spec.src']],
  ['no sink', { sink: undefined }, ['error missing spec.sink']],
  [
    'a number that loses digits',
    pipeline({ elements: [{ name: 'a', properties: { b: 2 ** 53 } }] }),
    ['error number-inexact spec.pipeline.elements[0].properties.b'],
  ],
  // one cause is one fault
  ['globals misspelt', { globals: undefined, globls: { minio: {} } }, ['error unknown-field spec.globls']],
  ['minio misspelt', { globals: { minio: undefined, mino: {} } }, ['error unknown-field spec.globals.mino']],
  ['sink misspelt', { sink: undefined, snik: {} }, ['error unknown-field spec.snik']],
  ['elements misspelt', pipeline({ elements: undefined, element: [] }), ['error unknown-field spec.pipeline.element']],
  // connection
  ['no endpoint', globals({ endpoint: undefined }), ['error missing spec.globals.minio.endpoint']],
  [
    'an endpoint with a scheme',
    globals({ endpoint: 'http://minio:9000' }),
    ['error endpoint-invalid spec.globals.minio.endpoint'],
  ],
  ['an endpoint with a path', globals({ endpoint: 'minio:9000/media' }), ['error endpoint-invalid spec.globals.minio.endpoint']],
  [
    'an endpoint with a port that is none',
    globals({ endpoint: 'minio:99999' }),
    ['error endpoint-invalid spec.globals.minio.endpoint'],
  ],
  ['an endpoint with a space', globals({ endpoint: 'my minio:9000' }), ['error endpoint-invalid spec.globals.minio.endpoint']],
  ['no bucket', globals({ bucket: '' }), ['error missing spec.globals.minio.bucket']],
  ['a bucket in upper case', globals({ bucket: 'Media' }), ['error bucket-invalid spec.globals.minio.bucket']],
  ['a bucket of two letters', src({ bucket: 'ab' }), ['error bucket-invalid spec.src.minio.bucket']],
  ['a bucket like an address', sink({ bucket: '10.0.0.1' }), ['error bucket-invalid spec.sink.minio.bucket']],
  ['no credentials', globals({ credentialsSecret: undefined }), ['error missing spec.globals.minio.credentialsSecret']],
  [
    'credentials without a name',
    globals({ credentialsSecret: { name: undefined } }),
    ['error missing spec.globals.minio.credentialsSecret.name'],
  ],
  [
    'a CA that is PEM as it is',
    globals({ insecureNoTLS: false, endpointCA: certificate }),
    ['error ca-invalid spec.globals.minio.endpointCA'],
  ],
  [
    'a CA that is not base64',
    globals({ insecureNoTLS: false, endpointCA: '***' }),
    ['error ca-invalid spec.globals.minio.endpointCA'],
  ],
  [
    'a CA without a certificate',
    globals({ insecureNoTLS: false, endpointCA: base64('hello') }),
    ['error ca-invalid spec.globals.minio.endpointCA'],
  ],
  [
    'a CA that cannot be read',
    globals({ insecureNoTLS: false, endpointCA: base64(certificate) }),
    ['error ca-invalid spec.globals.minio.endpointCA'],
  ],
  // source
  ['look-ahead in exclude', src({ exclude: '(?!a)' }), ['error regexp-invalid spec.src.minio.exclude']],
  ['an include that has no end', src({ include: '(' }), ['error regexp-invalid spec.src.minio.include']],
  ['a prefix that begins with /', src({ key: '/drop/' }), ['warning never-matches spec.src.minio.key']],
  ['a template as a prefix', src({ key: 'drop/{{ .SrcName }}' }), ['warning never-matches spec.src.minio.key']],
  // sinks
  ['sink and sinks', { sinks: { a: { minio: { key: 'a/{{ .SrcKey }}' } } } }, ['error exclusive spec.sinks']],
  ['no sink in sinks', { sink: undefined, sinks: {} }, ['error missing spec.sinks']],
  [
    'a name of a sink in upper case',
    sinks({ Video: { minio: { key: 'a/{{ .SrcKey }}' } } }),
    ['error sink-name-invalid spec.sinks.Video'],
  ],
  [
    'too many sinks',
    sinks(Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`s${i}`, { minio: { key: `s${i}/{{ .SrcKey }}` } }]))),
    ['error out-of-range spec.sinks'],
  ],
  [
    'two sinks with one key',
    sinks({ a: { minio: { key: 'o/{{ .SrcKey }}' } }, b: { minio: { key: 'o/{{ .SrcKey }}' } } }),
    ['error key-shared spec.sinks.b.minio.key'],
  ],
  ['a content type that is none', sink({ contentType: 'mp4' }), ['error not-allowed spec.sink.minio.contentType']],
  ['a header with a line end', sink({ cacheControl: 'a\nb: c' }), ['error not-allowed spec.sink.minio.cacheControl']],
  ['metadata that is reserved', sink({ metadata: { 'gst-job': 'a' } }), ['error reserved spec.sink.minio.metadata.gst-job']],
  [
    'metadata with its prefix',
    sink({ metadata: { 'x-amz-meta-a': 'b' } }),
    ['error not-allowed spec.sink.minio.metadata.x-amz-meta-a'],
  ],
  [
    'metadata with a space in its name',
    sink({ metadata: { 'a b': 'c' } }),
    ['error not-allowed spec.sink.minio.metadata["a b"]'],
  ],
  ['too much metadata', sink({ metadata: { a: 'b'.repeat(1024) } }), ['error too-large spec.sink.minio.metadata']],
  ['exclude on a sink', sink({ exclude: 'a' }), ['warning no-effect spec.sink.minio.exclude']],
  [
    'a content type for a folder',
    { ...sink({ key: 'hls/{{ .SrcKey }}/', contentType: 'video/mp4' }), pipeline: { elements: [{ name: 'hlssink2' }] } },
    ['warning no-effect spec.sink.minio.contentType'],
  ],
  // keys
  ['a template that has no end', sink({ key: 'a/{{ .SrcName' }), ['error template-invalid spec.sink.minio.key']],
  ['a function that is random', sink({ key: '{{ uuidv4 }}' }), ['error template-function spec.sink.minio.key']],
  ['a field that does not exist', sink({ key: '{{ .Name }}' }), ['error template-field spec.sink.minio.key']],
  ['an output that climbs', sink({ key: '../{{ .SrcName }}' }), ['error key-invalid spec.sink.minio.key']],
  ['an output that begins with /', sink({ key: '/{{ .SrcKey }}' }), ['error key-invalid spec.sink.minio.key']],
  ['an output that is empty', sink({ key: '{{ if false }}a{{ end }}' }), ['error key-invalid spec.sink.minio.key']],
  ['an output that is the source', sink({ key: '{{ .SrcKey }}' }), ['error key-invalid spec.sink.minio.key']],
  ['an output that is too long', sink({ key: '{{ repeat 200 .SrcKey }}' }), ['error key-invalid spec.sink.minio.key']],
  [
    'an output for which some sources are refused',
    sink({ key: '{{ if eq .SrcExt ".mkv" }}{{ fail "no mkv" }}{{ end }}o/{{ .SrcKey }}' }),
    ['warning key-invalid spec.sink.minio.key'],
  ],
  ['an output for which every source is refused', sink({ key: '{{ fail "none" }}' }), ['error key-invalid spec.sink.minio.key']],
  [
    'a template that cannot tell extensions apart',
    sink({ key: 'mp4/{{ .SrcDir }}/{{ .SrcName }}.mp4' }),
    ['warning template-ambiguous spec.sink.minio.key'],
  ],
  [
    'a template that cannot tell folders apart',
    sink({ key: 'mp4/{{ .SrcName }}{{ .SrcExt }}.mp4' }),
    ['warning template-ambiguous spec.sink.minio.key'],
  ],
  ['an output in the watched prefix', sink({ key: 'drop/out/{{ .SrcKey }}' }), ['warning loop spec.sink.minio.key']],
  [
    'a folder now and then',
    sink({ key: 'o/{{ .SrcKey }}{{ if eq .SrcExt ".mkv" }}/{{ end }}' }),
    ['warning template-folder spec.sink.minio.key'],
  ],
  // pipeline
  ['neither elements nor launch', pipeline({ elements: undefined }), ['error missing spec.pipeline']],
  ['elements and launch', pipeline({ launch: 'decodebin ! x264enc ! mp4mux' }), ['error exclusive spec.pipeline.launch']],
  [
    'a timeout that is no duration',
    pipeline({ limits: { timeout: '8 minutes' } }),
    ['error not-allowed spec.pipeline.limits.timeout'],
  ],
  ['a timeout of nothing', pipeline({ limits: { timeout: '0s' } }), ['error out-of-range spec.pipeline.limits.timeout']],
  ['a timeout over the ceiling', pipeline({ limits: { timeout: '9m' } }), ['error over-ceiling spec.pipeline.limits.timeout']],
  ['less than a byte', pipeline({ limits: { outputBytes: '500m' } }), ['error out-of-range spec.pipeline.limits.outputBytes']],
  [
    'bytes that are no quantity',
    pipeline({ limits: { inputBytes: '16 GB' } }),
    ['error not-allowed spec.pipeline.limits.inputBytes'],
  ],
  [
    'bytes over the ceiling',
    pipeline({ limits: { inputBytes: '65Gi' } }),
    ['error over-ceiling spec.pipeline.limits.inputBytes'],
  ],
  [
    'a memory that is no quantity',
    pipeline({ resources: { limits: { memory: '2 GB' } } }),
    ['error not-allowed spec.pipeline.resources.limits.memory'],
  ],
  ['an image that is none', pipeline({ image: 'a b' }), ['error not-allowed spec.pipeline.image']],
  [
    'a picture of another kind',
    pipeline({ debug: { dot: { path: 'd', render: 'gif' } } }),
    ['error not-allowed spec.pipeline.debug.dot.render'],
  ],
  [
    'an interval that is none',
    pipeline({ debug: { dot: { path: 'd', interval: 'often' } } }),
    ['error not-allowed spec.pipeline.debug.dot.interval'],
  ],
  [
    'an interval too short',
    pipeline({ debug: { dot: { path: 'd', interval: '1ms' } } }),
    ['error out-of-range spec.pipeline.debug.dot.interval'],
  ],
  ['a level there is not', pipeline({ debug: { logLevel: 10 } }), ['error out-of-range spec.pipeline.debug.logLevel']],
  ['graphs that climb', pipeline({ debug: { dot: { path: '../d' } } }), ['error key-invalid spec.pipeline.debug.dot.path']],
  ['no element', pipeline({ elements: [] }), ['error out-of-range spec.pipeline.elements']],
];

describe('a Transform', () => {
  it('without a fault has no finding', () => {
    expect(resolveWritten().findings).toEqual([]);
  });

  it.each(cases)('%s is told, and nothing else', (_name, spec, wanted) => {
    const { transform, findings } = resolveWritten({ spec });
    expect(findings.map(told).sort()).toEqual([...wanted].sort());
    expect(transform === undefined).toBe(wanted.some((finding) => finding.startsWith('error')));
    for (const { line, column, message } of findings) {
      expect([line, column].every((number) => Number(number) > 0)).toBe(true);
      expect(message.length).toBeGreaterThan(10);
    }
  });

  it('has all its faults told at once, each on its line, in the order of the file', () => {
    const text = [
      'apiVersion: pipelines.gst.io/v1', // 1
      'kind: Transform',
      'metadata: {name: Bad_Name}', // 3
      'spec:',
      '  globals: {minio: {endpoint: "http://a", bucket: media, credentialsSecret: {name: s}}}', // 5
      '  src: {minio: {key: drop/, exclude: "("}}', // 6
      '  sink: {minio: {key: "{{ nope }}", contentType: x}}', // 7
      '  pipeline:',
      '    limits: {timeout: soon}', // 9
      '    onMissingStream: maybe', // 10
      '    elements: [{name: a, properties: {b: [1]}}]', // 11
      '  suspend: perhaps', // 12
    ].join('\n');
    const { findings } = resolveText(text);
    expect(findings.map(({ rule, line }) => [rule, line])).toEqual([
      ['name-invalid', 3],
      ['endpoint-invalid', 5],
      ['regexp-invalid', 6],
      ['template-function', 7],
      ['not-allowed', 7],
      ['not-allowed', 9],
      ['not-allowed', 10],
      ['wrong-type', 11],
      ['wrong-type', 12],
    ]);
  });

  it.each([
    [{ sinc: {} }, 'spec.sinc', '`sink`'],
    [pipeline({ elments: [] }), 'spec.pipeline.elments', '`elements`'],
    [{ execution: 'servise' }, 'spec.execution', '`service`'],
    [sink({ key: '{{ upperr .SrcName }}' }), 'spec.sink.minio.key', '`upper`'],
    [sink({ key: '{{ .SrcNam }}' }), 'spec.sink.minio.key', '`.SrcName`'],
    [sink({ key: '{{ SrcName }}' }), 'spec.sink.minio.key', '`.SrcName`'],
    [globals({ endpoint: 'https://minio:9000' }), 'spec.globals.minio.endpoint', '`minio:9000`'],
    [src({ key: 7 }), 'spec.src.minio.key', '"7"'],
    [globals({ insecureNoTLS: 'true' }), 'spec.globals.minio.insecureNoTLS', 'without quotes: true'],
    [pipeline({ debug: { logLevel: '4' } }), 'spec.pipeline.debug.logLevel', 'without quotes: 4'],
    [globals({ credentialsSecret: 'keys' }), 'spec.globals.minio.credentialsSecret', '`credentialsSecret: {name: keys}`'],
    [{ globals: { bucket: 'media' } }, 'spec.globals.bucket', 'belongs under `minio`'],
    [src({ launch: 'a ! b' }), 'spec.src.minio.launch', 'there are'],
    [{ launch: 'a ! b' }, 'spec.launch', 'belongs under `pipeline`'],
    [{ minio: {} }, 'spec.minio', 'belongs under `globals`'],
    [{ video: { minio: {} } }, 'spec.video', 'a field of SplitTransform'],
    [pipeline({ elements: 'decodebin ! x264enc' }), 'spec.pipeline.elements', 'under `launch`'],
    [pipeline({ elements: { name: 'decodebin' } }), 'spec.pipeline.elements', 'begins with `- `'],
    [pipeline({ elements: [null] }), 'spec.pipeline.elements[0]', 'this entry is there without a value: write a map'],
    [pipeline({ elements: ['decodebin'] }), 'spec.pipeline.elements[0]', '`- name: decodebin`'],
    [pipeline({ elements: ['a b=5'] }), 'spec.pipeline.elements[0]', '`- name: a`, and its properties under `properties`'],
    [pipeline({ limits: { stall: 90 } }), 'spec.pipeline.limits.stall', 'the number 90; write its unit: 90s for seconds'],
    [pipeline({ elements: [{ name: 'a', bitrate: 5 }] }), 'spec.pipeline.elements[0].bitrate', 'under `properties`'],
    [pipeline({ elements: [{ name: 'a', properties: 'b=5' }] }), 'spec.pipeline.elements[0].properties', '`name: value`'],
    [pipeline({ elements: [{ name: 'a b=5' }] }), 'spec.pipeline.elements[0].name', 'under `properties`'],
    [pipeline({ elements: [{ name: 'a ! b' }] }), 'spec.pipeline.elements[0].name', 'under `launch`'],
  ])('%j: the right way is named', (spec, path, hint) => {
    const finding = resolveWritten({ spec: spec as Change }).findings.find((one) => one.path === path);
    expect(finding?.message).toContain(hint);
  });

  const names: Array<[name: unknown, wanted: string[]]> = [
    ['a', []],
    ['a-b.c', []],
    ['x'.repeat(40), []],
    ['x'.repeat(41), ['error name-invalid metadata.name']],
    ['Upper', ['error name-invalid metadata.name']],
    ['-a', ['error name-invalid metadata.name']],
    ['a_b', ['error name-invalid metadata.name']],
    ['', ['error missing metadata.name']],
    [5, ['error wrong-type metadata.name']],
  ];
  it.each(names)('may have the name %j: %j', (name, wanted) => {
    const whole = { ...transformOf(), metadata: { name } as Fields };
    expect(resolveWritten(whole).findings.map(told)).toEqual(wanted);
  });

  it('may name only endpoints that the installation allows', () => {
    expect(resolveWritten({}, { allowedEndpoints: ['minio.example:9000'] }).findings).toEqual([]);
    expect(resolveWritten({}, { allowedEndpoints: ['other:9000'] }).findings.map(told)).toEqual([
      'error endpoint-refused spec.globals.minio.endpoint',
    ]);
  });

  it('never makes resolve throw, whatever stands in it', () => {
    const paths = cases.flatMap(([, spec]) => pathsOf(spec as Fields));
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        const { resource } = parseResource(transformOf({ spec: setAt(path, value) as Change }));
        if (resource) resolve(resource);
      }),
      { numRuns: 150 },
    );
  });
});

function pathsOf(value: Fields, path: string[] = []): string[][] {
  return Object.entries(value).flatMap(([key, within]) => {
    const at = [...path, key];
    return typeof within === 'object' && within !== null && !Array.isArray(within) ? [at, ...pathsOf(within, at)] : [at];
  });
}

function setAt(path: string[], value: unknown): Fields {
  return path.reduceRight<unknown>((within, key) => ({ [key]: within }), value) as Fields;
}

it('changed puts maps over maps, and takes away', () => {
  expect(changed({ a: { b: 1, c: 2 }, d: 3 }, { a: { b: 5 }, d: undefined })).toEqual({ a: { b: 5, c: 2 } });
});
