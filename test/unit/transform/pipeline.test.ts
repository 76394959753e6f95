import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../../../lib/graph/index.ts';
import { type Change, resolved, resolveText, resolveWritten, told } from '../../support/transforms.ts';

const catalogue = loadCatalogue();
const elements = (...list: Change[]): { spec: Change } => ({ spec: { pipeline: { elements: list } } });
const found = (written: { spec: Change }) => resolveWritten(written, { catalogue }).findings.map(told);

const path = (rest: string) => `spec.pipeline.elements[${rest}`;
const [decodebin, convert, x264enc, mp4mux] = ['decodebin', 'videoconvert', 'x264enc', 'mp4mux'].map((name) => ({ name }));
type Entry = Change;

describe('the elements of a Transform, held to the catalogue', () => {
  it('are as they were written where there is no fault', () => {
    const list = [
      decodebin,
      convert,
      { name: 'x264enc', properties: { 'speed-preset': 'veryfast', bitrate: 800 } },
      mp4mux,
    ] as Entry[];
    expect(found(elements(...list))).toEqual([]);
    expect(resolved(elements(...list), { catalogue }).pipeline.elements).toEqual(list);
  });

  const cases: Array<[name: string, list: Entry[], wanted: string[]]> = [
    ['an unknown element', [decodebin, { name: 'x246enc' }, mp4mux] as Entry[], [`error unknown-element ${path('1].name')}`]],
    [
      'an unknown property',
      [decodebin, { name: 'x264enc', properties: { bitrat: 5 } }, mp4mux] as Entry[],
      [`error unknown-property ${path('1].properties.bitrat')}`],
    ],
    ['two ways at once', [decodebin, { name: 'x264enc', goto: 'd' }, mp4mux] as Entry[], [`error exclusive ${path('1]')}`]],
    [
      'properties of a goto',
      [{ name: 'decodebin', alias: 'd' }, { goto: 'd', properties: { a: 1 } }, x264enc, mp4mux] as Entry[],
      [`error properties-without-name ${path('1].properties')}`],
    ],
    ['an empty entry', [decodebin, {}, mp4mux] as Entry[], [`error missing ${path('1]')}`]],
    // the neighbours of what is lost are not told to be at odds with each other
    [
      'a name misspelt',
      [{ name: 'parsebin' }, { nmae: 'h264parse' }, { name: 'lamemp3enc' }] as Entry[],
      [`error unknown-field ${path('1].nmae')}`],
    ],
    ['text for an entry', [decodebin, 'x264enc' as never, mp4mux] as Entry[], [`error wrong-type ${path('1]')}`]],
  ];
  it.each(cases)('%s is told where it stands, and nothing else', (_name, list, wanted) => {
    expect(found(elements(...list))).toEqual(wanted);
  });

  it('a goto to nothing is told where it stands', () => {
    const list: Entry[] = [{ name: 'decodebin', alias: 'd' }, { goto: 'e' }, x264enc as Entry, mp4mux as Entry];
    expect(found(elements(...list))).toContain(`error unknown-alias ${path('1].goto')}`);
  });

  it('that reach out of the pipeline are refused', () => {
    expect(
      found(elements({ name: 'filesrc', properties: { location: '/etc/passwd' } }, decodebin as Entry, mp4mux as Entry)),
    ).toEqual(expect.arrayContaining([`error refused-element ${path('0].name')}`]));
  });

  it('that an image may have are a warning', () => {
    const { transform, findings } = resolveWritten(
      { spec: { pipeline: { image: 'example.org/gst:1', elements: [decodebin, { name: 'nvh264enc' }, mp4mux] as Change[] } } },
      { catalogue },
    );
    expect(findings.map(told)).toEqual([`warning unknown-element ${path('1].name')}`]);
    expect(transform?.pipeline.elements).toHaveLength(3);
  });

  it('are told on the line of their own', () => {
    const text = [
      'apiVersion: pipelines.gst.io/v1',
      'kind: Transform',
      'metadata: {name: a}',
      'spec:',
      '  globals: {minio: {endpoint: "m:1", bucket: media, credentialsSecret: {name: s}}}',
      '  src: {minio: {key: drop/}}',
      '  sink: {minio: {key: "o/{{ .SrcKey }}"}}',
      '  pipeline:',
      '    elements:',
      '      - name: decodebin',
      '      - name: videoconvert',
      '      - name: x264enc',
      '        properties:',
      '          bitrate: 5',
      '          speed-preset: quick', // 15
      '      - name: mp4mux',
    ].join('\n');
    expect(resolveText(text, { catalogue }).findings.map(({ line, column }) => [line, column])).toEqual([[15, 11]]);
  });
});

describe('a pipeline as launch text', () => {
  const launch = (text: string) => ({ spec: { pipeline: { elements: undefined, launch: text } } });

  it('is taken as the elements that it means', () => {
    const { pipeline } = resolved(
      launch('filesrc location=a.mkv ! decodebin ! videoconvert ! x264enc bitrate=800 ! mp4mux ! filesink location=a.mp4'),
      { catalogue },
    );
    expect(pipeline.elements).toEqual([
      decodebin,
      convert,
      { name: 'x264enc', properties: { bitrate: expect.anything() } },
      mp4mux,
    ]);
    expect(String(pipeline.elements[2]?.properties?.bitrate)).toBe('800');
  });

  it('is the same work as its elements', () => {
    const text = resolved(
      launch('decodebin name=d ! videoconvert ! x264enc ! mp4mux name=m ! filesink d. ! audioconvert ! voaacenc ! m.'),
    );
    const again = resolved({ spec: { pipeline: { elements: text.pipeline.elements as never } } });
    expect(again.work).toBe(text.work);
  });

  it('may leave source and sink out: its one end feeds the one output', () => {
    const ends = resolved(launch('filesrc ! decodebin ! x264enc ! mp4mux ! filesink'), { catalogue });
    expect(resolved(launch('decodebin ! x264enc ! mp4mux'), { catalogue }).work).toBe(ends.work);
  });

  it.each([
    ['an unknown element', 'decodebin ! x246enc ! mp4mux', 'unknown-element'],
    [
      'an element that opens files',
      'decodebin ! tee name=t ! mp4mux ! filesink t. ! splitmuxsink location=/tmp/x',
      'refused-element',
    ],
  ])('%s is told at spec.pipeline.launch', (_name, text, rule) => {
    const { findings } = resolveWritten(launch(text), { catalogue });
    expect(findings.map(told)).toContain(`error ${rule} spec.pipeline.launch`);
    expect(findings.every(({ path: at }) => at === 'spec.pipeline.launch')).toBe(true);
  });

  it('that cannot be read is told there too', () => {
    const { transform, findings } = resolveWritten(launch('decodebin ! ! mp4mux'), { catalogue });
    expect(transform).toBeUndefined();
    expect(findings.map(({ path: at }) => at)).toContain('spec.pipeline.launch');
  });
});
