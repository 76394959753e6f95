import { describe, expect, it } from 'vitest';
import { collectFindings } from '../../../lib/finding.ts';
import type { ElementInfo, PadTemplate, PropertyInfo } from '../../../lib/graph/catalogue/index.ts';
import { type Graph, lintGraph, type PropertyValue } from '../../../lib/graph/index.ts';
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
      'mp4mux',
      'video_0::trak-timescale',
      1000,
      'error unknown-property: `mp4mux` lets no property of its pads be set, so it has no property `video_0::trak-timescale`',
    ],
    [
      'compositor',
      'sink_0::xps',
      640,
      'error unknown-property: `compositor` has no property `sink_0::xps`; did you mean `sink_0::xpos`?',
    ],
    [
      'compositor',
      'sink_0::policy',
      'none',
      'error unknown-property: `compositor` has no property `sink_0::policy`; it has `sink_0::sizing-policy`',
    ],
    [
      'audiomixer',
      'sink_0::name',
      'a',
      'error unknown-property: `audiomixer` has no property `sink_0::name`; `gst-inspect-1.0 audiomixer` lists those that it has',
    ],
    [
      'audiomixer',
      'sink_0::',
      1,
      'error unknown-property: `audiomixer` has no property `sink_0::`; `gst-inspect-1.0 audiomixer` lists those that it has',
    ],
    [
      'compositor',
      'sink_0::alpha',
      'abc',
      'error property-value: `sink_0::alpha` of `compositor`: `abc` is no number (0 to 1 is allowed)',
    ],
    [
      'compositor',
      'sink_0::operator',
      'ovr',
      'error property-value: `sink_0::operator` of `compositor`: `ovr` is none of its values: source, over, add; did you mean `over`?',
    ],
    [
      'compositor',
      'sink_0::location',
      '/etc/passwd',
      'error unknown-property: `compositor` has no property `sink_0::location`; `gst-inspect-1.0 compositor` lists those that it has',
    ],
    [
      'audiointerleave',
      'sink_0::channel',
      1,
      'error read-only-property: `sink_0::channel` of `audiointerleave` can be read only',
    ],
    [
      'compositor',
      'sink_0::template',
      'a',
      'error property-value: `sink_0::template` of `compositor` takes an object of the type GstPadTemplate, which no text can give',
    ],
    [
      'compositor',
      'snk_0::xpos',
      1,
      'error unknown-pad: `compositor` has no sink pad `snk_0`, so it has no property `snk_0::xpos`; it has `sink_%u`',
    ],
    [
      'compositor',
      'src::emit-signals',
      true,
      'error unknown-pad: `compositor` has no sink pad `src`, so it has no property `src::emit-signals`; it has `sink_%u`',
    ],
    [
      'compositor',
      'sink_1::xpos',
      1,
      'warning unlinked-pad: `sink_1::xpos` of `compositor` is never set, for no link makes a pad `sink_1`; its links can make `sink_0`',
    ],
    [
      'compositor',
      'sink_%u::xpos',
      1,
      'warning unlinked-pad: `sink_%u::xpos` of `compositor` is never set, for no link makes a pad `sink_%u`; its links can make `sink_0`',
    ],
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
    ['compositor', 'sink_0::xpos', -100],
    ['compositor', 'sink_0::sizing_policy', 'keep-aspect-ratio'],
    ['compositor', 'sink_0::offset', 5_000_000_000],
    ['audiomixer', 'sink_0::converter-config', 'GstAudioConverter, mix-matrix=(float)< <1, 0> >'],
    ['compositor', 'sink_0::a::b', 1],
    ['equalizer-nbands', 'band0::gain', 5],
    ['videomixer', 'sink_0::xpos', 100],
    ['encodebin', 'a::bitrat', 1],
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

  describe('the pads that links can make', () => {
    /** Names of pads that are told never to be made, of all from `sink_0` to `sink_9`. */
    const neverMade = (links: string[]): string[] => {
      const properties = Object.fromEntries(Array.from({ length: 10 }, (_, number) => [`sink_${number}::alpha`, 0.5]));
      const branches = links.flatMap((linkto) => [{ goto: 'd' }, { name: 'videoconvert' }, { linkto }]);
      return lint([{ name: 'decodebin', alias: 'd' }, ...branches, { name: 'compositor', alias: 'mix', properties }])
        .filter(({ rule }) => rule === 'unlinked-pad')
        .map(({ message }) => /for no link makes a pad `(.*?)`/.exec(message)?.[1] ?? message);
    };
    const all = Array.from({ length: 10 }, (_, number) => `sink_${number}`);

    it.each([
      { links: ['mix'], made: [0] },
      { links: ['mix', 'mix'], made: [0, 1] },
      { links: ['mix.sink_3'], made: [3] },
      { links: ['mix.sink_3', 'mix.sink_5'], made: [3, 5] },
      { links: ['mix.sink_3', 'mix'], made: [0, 3, 4] }, // 4 where the first link is made first
      { links: ['mix', 'mix', 'mix.sink_6'], made: [0, 1, 6, 7, 8] },
      { links: ['mix.sink_%u', 'mix.sink_4'], made: [0, 4, 5] },
    ])('$links', ({ links, made }) => {
      expect(neverMade(links)).toEqual(all.filter((_pad, number) => !made.includes(number)));
    });

    const numbers = 'sink_%d';
    it.each<[template: string, pad: string, linked: string | undefined, rules: string[]]>([
      ['audio', 'audio', undefined, []],
      ['audio', 'audio', 'video', ['unlinked-pad']],
      [numbers, 'sink_65', undefined, []], // which number the link gets is a matter of the element
      [numbers, 'sink_65', 'sink_65', []],
      [numbers, 'sink_65', 'sink_66', ['unlinked-pad']],
    ])('of a muxer with pads %s: %s, where the link asks for %s', (name, pad, linked, rules) => {
      const own: PropertyInfo = { type: 'int', typeName: 'gint', writable: true, deprecated: false };
      const template: PadTemplate = { name, direction: 'sink', presence: 'request', caps: 'ANY', properties: { own } };
      const video: PadTemplate = { name: 'video', direction: 'sink', presence: 'request', caps: 'ANY', properties: { own } };
      const muxer: ElementInfo = {
        name: 'muxer',
        klass: 'Codec/Muxer',
        pads: [template, video],
        properties: {},
        childProxy: true,
      };
      const findings = collectFindings(() => undefined);
      const to = { node: 'b', ...(linked !== undefined && { pad: linked }) };
      const graph: Graph = {
        nodes: [
          { id: 'a', factory: 'queue', properties: {}, at: 0 },
          { id: 'b', factory: 'muxer', properties: { [`${pad}::own`]: 1 }, at: 1 },
        ],
        links: [{ from: { node: 'a' }, to, at: 1 }],
        source: undefined,
        outputs: [],
      };
      const known = { ...catalogue, element: (factory: string) => (factory === 'muxer' ? muxer : undefined) };
      lintGraph(graph, known, { outlets: [], image: true }, findings);
      expect(findings.all.flatMap(({ rule, path }) => (path.includes('properties') ? [rule] : []))).toEqual(rules);
    });
  });

  it('names the place of each fault', () => {
    expect(told(lint(chain('decodebin', { name: 'x264enc', properties: { bitrate: 0 } }, 'mp4mux')))).toEqual([
      'property-value spec.pipeline.elements[1].properties.bitrate: `bitrate` of `x264enc`: `0` is out of range: 1 to 2048000 is allowed',
    ]);
  });
});
