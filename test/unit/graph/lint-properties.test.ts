import { describe, expect, it } from 'vitest';
import type { PropertyValue } from '../../../lib/graph/index.ts';
import { catalogue, chain, lint, lintOf, told } from './lint-support.ts';

/** What is said of one property of one element, within a pipeline that is well otherwise. */
function property(element: string, name: string, value: PropertyValue): string[] {
  return lint([{ name: 'decodebin' }, { name: element, properties: { [name]: value } }])
    .filter(({ path }) => path.includes('properties'))
    .map(({ severity, rule, message }) => `${severity} ${rule}: ${message}`);
}

describe('properties', () => {
  const wrong: Array<[element: string, name: string, value: PropertyValue, said: string]> = [
    ['x264enc', 'bitrat', 1, 'error unknown-property: `x264enc` has no property `bitrat`; did you mean `bitrate`?'],
    [
      'x264enc',
      'crf',
      23,
      'error unknown-property: `x264enc` has no property `crf`; `gst-inspect-1.0 x264enc` lists those that it has',
    ],
    ['x264enc', 'preset', 1, 'error unknown-property: `x264enc` has no property `preset`; it has `speed-preset`'],
    [
      'x264enc',
      'bitrate',
      '500,pass=qual',
      'error property-value: `bitrate` of `x264enc`: `500,pass=qual` is no whole number (1 to 2048000 is allowed); properties are told apart by blanks',
    ],
    [
      'textoverlay',
      'color',
      '#ff8000',
      'error property-value: `color` of `textoverlay`: `#ff8000` is no whole number (0 or more is allowed); a colour is written as `0xffff8000`',
    ],
    [
      'volume',
      'volume',
      '0,5',
      'error property-value: `volume` of `volume`: `0,5` is no number (0 to 10 is allowed); it is written with a point, `0.5`',
    ],
    ['x264enc', 'name', 'a', 'error unknown-property: `name` cannot be set: what other entries call an element is its `alias`'],
    ['x264enc', 'a::b', 1, 'error unknown-property: `x264enc` has no children, so it has no property `a::b`'],
    [
      'x264enc',
      'bitrate',
      '2k',
      'error property-value: `bitrate` of `x264enc`: `2k` is no whole number (1 to 2048000 is allowed)',
    ],
    [
      'x264enc',
      'bitrate',
      1.5,
      'error property-value: `bitrate` of `x264enc`: `1.5` is no whole number (1 to 2048000 is allowed)',
    ],
    ['x264enc', 'bitrate', '', 'error property-value: `bitrate` of `x264enc`: `` is no whole number (1 to 2048000 is allowed)'],
    ['x264enc', 'bitrate', 0, 'error property-value: `bitrate` of `x264enc`: `0` is out of range: 1 to 2048000 is allowed'],
    ['x264enc', 'bitrate', -1, 'error property-value: `bitrate` of `x264enc`: `-1` is out of range: 1 to 2048000 is allowed'],
    ['vorbisenc', 'quality', 3, 'error property-value: `quality` of `vorbisenc`: `3` is out of range: -0.1 to 1 is allowed'],
    ['audiotestsrc', 'volume', 1.5, 'error property-value: `volume` of `audiotestsrc`: `1.5` is out of range: 0 to 1 is allowed'],
    [
      'audiotestsrc',
      'volume',
      'loud',
      'error property-value: `volume` of `audiotestsrc`: `loud` is no number (0 to 1 is allowed)',
    ],
    [
      'queue',
      'max-size-time',
      '99999999999999999999',
      'error property-value: `max-size-time` of `queue`: `99999999999999999999` is out of range: 0 or more is allowed',
    ],
    ['x264enc', 'cabac', 'maybe', 'error property-value: `cabac` of `x264enc`: `maybe` is neither true nor false'],
    [
      'x264enc',
      'speed-preset',
      'veryfats',
      'error property-value: `speed-preset` of `x264enc`: `veryfats` is none of its values: None, ultrafast, superfast, veryfast, faster, fast, medium, slow, slower, veryslow, placebo; did you mean `veryfast`?',
    ],
    [
      'x264enc',
      'speed-preset',
      99,
      'error property-value: `speed-preset` of `x264enc`: `99` is none of its values: None, ultrafast, superfast, veryfast, faster, fast, medium, slow, slower, veryslow, placebo',
    ],
    [
      'x264enc',
      'tune',
      'zerolatency,fastdecode',
      'error property-value: `tune` of `x264enc`: `zerolatency,fastdecode` names `zerolatency,fastdecode`, which is no flag of it (flags are joined by `+`): stillimage, fastdecode, zerolatency',
    ],
    [
      'aspectratiocrop',
      'aspect-ratio',
      '16:9',
      'error property-value: `aspect-ratio` of `aspectratiocrop`: `16:9` is no fraction: write it as 30/1',
    ],
    [
      'capsfilter',
      'caps',
      'video/x-raw,width=[1,',
      'error property-value: `caps` of `capsfilter`: `video/x-raw,width=[1,` cannot be read as caps: a value expected at the end',
    ],
    ['queue', 'current-level-time', 5, 'error read-only-property: `current-level-time` of `queue` can be read only'],
    ['concat', 'active-pad', 'sink_0', 'error read-only-property: `active-pad` of `concat` can be read only'],
    [
      'vp8enc',
      'arnr-type',
      3,
      'warning deprecated-property: `arnr-type` of `vp8enc` is deprecated, and may be gone in a later GStreamer',
    ],
    [
      'rtpptdemux',
      'ignored-payload-types',
      '1,2',
      'error property-value: `ignored-payload-types` of `rtpptdemux`: `1,2` is no array: write it as `<1, 2>`',
    ],
  ];
  it.each(wrong)('tells what is wrong with %s %s=%s', (element, name, value, said) => {
    expect(property(element, name, value)).toEqual([said]);
  });

  const right: Array<[element: string, name: string, value: PropertyValue]> = [
    ['x264enc', 'bitrate', 2048],
    ['x264enc', 'bitrate', '0x800'],
    ['queue', 'max-size-time', 'max'],
    ['x264enc', 'cabac', 'YES'],
    ['x264enc', 'cabac', false],
    ['x264enc', 'cabac', 1],
    ['x264enc', 'speed-preset', 'veryfast'],
    ['x264enc', 'speed_preset', 'veryfast'],
    ['x264enc', 'speed-preset', 3],
    ['audiotestsrc', 'wave', 'Saw'],
    ['x264enc', 'tune', 'zerolatency+fastdecode'],
    ['x264enc', 'tune', '0x4'],
    ['queue', 'max-size-time', '18446744073709551615'],
    ['queue', 'max-size-time', -1],
    ['aspectratiocrop', 'aspect-ratio', '16/9'],
    ['capsfilter', 'caps', 'video/x-raw(memory:NVMM), format=(string){ NV12, I420 }, width=[ 1, 1920 ], framerate=30/1'],
    ['matroskamux', 'creation-time', '2020-01-01T00:00:00Z'],
    ['x264enc', 'option-string', 'ref=3:deblock=-1,-1'],
    ['compositor', 'sink_0::xpos', 100],
  ];
  it.each(right)('says nothing of %s %s=%s', (element, name, value) => {
    expect(property(element, name, value)).toEqual([]);
  });

  it('takes the default of every writable property of every element for a value of it', () => {
    let seen = 0;
    const refused = catalogue.names().flatMap((factory, at) => {
      const known = Object.entries(catalogue.element(factory)?.properties ?? {});
      const set = known.filter(([, { writable, type, default: value }]) => writable && value !== undefined && type !== 'string');
      seen += set.length;
      const properties = Object.fromEntries(set.map(([name, { default: value = '' }]) => [name, value]));
      const graph = { nodes: [{ id: 'a', factory, properties, at }], links: [], source: undefined, outputs: [] };
      return told(lintOf(graph).filter(({ rule }) => rule === 'property-value'));
    });
    expect(seen).toBeGreaterThan(10_000);
    expect(refused).toEqual([]);
  });

  it('names the place of each fault', () => {
    expect(told(lint(chain('decodebin', { name: 'x264enc', properties: { bitrate: 0 } }, 'mp4mux')))).toEqual([
      'property-value spec.pipeline.elements[1].properties.bitrate: `bitrate` of `x264enc`: `0` is out of range: 1 to 2048000 is allowed',
    ]);
  });
});
