/** What stands in a property reaches the element as it was, whatever it holds; and it makes no element. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Graph, launchText, loadCatalogue, type PropertyValue } from '../../../lib/graph/index.ts';
import type { Answer, Asked } from '../../support/read-properties.ts';
import { hostile } from '../../unit/graph/support.ts';

const reader = fileURLToPath(new URL('../../support/read-properties.ts', import.meta.url));

function read(asked: Asked[]): Answer[] {
  return JSON.parse(execFileSync(process.execPath, [reader], { input: JSON.stringify(asked), encoding: 'utf8' }));
}

/** Three elements, of which the middle one has the value. */
function launch(factory: string, property: string, value: PropertyValue, catalogue = true): Asked {
  const graph: Graph = {
    nodes: [
      { id: 'before', factory: 'fakesrc', properties: {}, at: 0 },
      { id: 'middle', factory, properties: { [property]: value }, at: 1 },
      { id: 'after', factory: 'filesink', properties: { location: 'kept "as it is" \\' }, at: 2 },
    ],
    links: [],
    source: undefined,
    outputs: [],
  };
  return { launch: launchText(graph, catalogue ? { catalogue: loadCatalogue() } : {}), element: 'middle', property };
}

describe('a value of a string property', () => {
  it('can be read back, and an element that is put in can be counted', () => {
    const [plain, more] = read([
      { launch: 'fakesrc ! filesink name=middle location=x', element: 'middle', property: 'location' },
      { launch: 'fakesrc ! identity ! filesink name=middle', element: 'middle', property: 'location' },
    ]);
    expect(plain).toEqual({ elements: 2, value: 'x' });
    expect(more).toEqual({ elements: 3, value: null });
  });

  it.each([
    ['the catalogue knows its type', true],
    ['its type is not known', false],
  ])('reaches the element where %s', (_name, catalogue) => {
    expect(hostile.length).toBeGreaterThanOrEqual(25);
    const asked = hostile.map((value) => launch('multifilesink', 'location', value, catalogue));
    const wanted = hostile.map((value) => ({ elements: 3, value }));
    expect(read(asked)).toEqual(wanted);
    const neighbours = asked.map((one) => ({ ...one, element: 'after', property: 'location' }));
    expect(read(neighbours)).toEqual(hostile.map(() => ({ elements: 3, value: 'kept "as it is" \\' })));
  });
});

describe('a value of another type', () => {
  /** Read back in GObject's own words for it. */
  const cases: Array<[type: string, factory: string, property: string, value: string | number | boolean, wanted: string]> = [
    ['enum', 'x264enc', 'speed-preset', 'veryfast', 'veryfast'],
    ['flags', 'x264enc', 'tune', 'zerolatency+fastdecode', 'Fast decode | Zero latency'],
    [
      'caps',
      'capsfilter',
      'caps',
      'text/x, a=(string){ I420, NV12 }, b=(int)[ 2, 320 ]',
      'text/x, a=(string){ I420, NV12 }, b=(int)[ 2, 320 ]',
    ],
    ['caps with text', 'capsfilter', 'caps', 'text/x, a=(string)"a \\"b\\" ! c"', 'text/x, a=(string)"a\\ \\"b\\"\\ \\!\\ c"'],
    ['fraction', 'rawvideoparse', 'framerate', '30000/1001', '30000/1001'],
    [
      'array',
      'audioconvert',
      'mix-matrix',
      '<<(float)1,(float)0>,<(float)0,(float)1>>',
      '< < 1.000000, 0.000000 >, < 0.000000, 1.000000 > >',
    ],
    [
      'structure',
      'souphttpsrc',
      'extra-headers',
      'headers, If-Match=(string)"\\"abc\\""',
      'headers, If-Match=(string)"\\"abc\\"";',
    ],
    ['number', 'x264enc', 'bitrate', 3000, '3000'],
    ['boolean', 'mp4mux', 'faststart', true, 'TRUE'],
  ];
  it.each(cases)('%s is taken by its parser as it is', (_type, factory, property, value, wanted) => {
    const asked = [true, false].map((catalogue) => launch(factory, property, value, catalogue));
    expect(read(asked)).toEqual(asked.map(() => ({ elements: 3, value: wanted })));
  });

  it.each([
    ['x264enc', 'speed-preset'],
    ['capsfilter', 'caps'],
    ['x264enc', 'bitrate'],
    ['identity', 'no-such-property'],
  ])('never makes an element, as %s %s, whatever nonsense it is', (factory, property) => {
    for (const { elements } of read(hostile.map((value) => launch(factory, property, value)))) expect([0, 3]).toContain(elements);
  });
});
