import { describe, expect, it } from 'vitest';
import type { Element } from '../../../lib/graph/index.ts';
import { loadCatalogue } from '../../../lib/graph/index.ts';
import { errorsOf, fromElements, single } from './support.ts';

const links = (elements: Element[], outlets = single.outlets) => {
  const { graph, findings } = fromElements(elements, { outlets });
  const factories = new Map(graph.nodes.map(({ id, factory }) => [id, factory]));
  const end = ({ node, pad }: { node: string; pad?: string }) => `${factories.get(node)}${pad === undefined ? '' : `.${pad}`}`;
  return {
    errors: errorsOf(findings),
    links: graph.links.map(({ from, to }) => `${end(from)} > ${end(to)}`),
    outputs: graph.outputs.map(({ name, from }) => `${end(from)} > ${name}`),
    source: graph.source && end(graph.source),
  };
};
const named = (...names: string[]): Element[] => names.map((name) => ({ name }));
const [video, audio] = ['video', 'audio'].map((name) => ({ name, directory: false }));
const both = [video, audio].filter((outlet) => outlet !== undefined);

describe('elements', () => {
  const cases: Array<[name: string, elements: Element[], wanted: { links: string[]; outputs: string[] }]> = [
    [
      'a chain',
      named('decodebin', 'queue', 'x264enc'),
      { links: ['decodebin > queue', 'queue > x264enc'], outputs: ['x264enc > out'] },
    ],
    ['one element', named('flactag'), { links: [], outputs: ['flactag > out'] }],
    [
      'a branch that joins an element defined later',
      [
        { name: 'decodebin', alias: 'd' },
        { name: 'vorbisenc' },
        { linkto: 'm' },
        { goto: 'd' },
        { name: 'vp8enc' },
        { name: 'webmmux', alias: 'm' },
      ],
      {
        links: ['decodebin > vorbisenc', 'vorbisenc > webmmux', 'decodebin > vp8enc', 'vp8enc > webmmux'],
        outputs: ['webmmux > out'],
      },
    ],
    [
      'linkto goes on from the element that it links to',
      [
        { name: 'decodebin', alias: 'd' },
        { name: 'webmmux', alias: 'm' },
        { goto: 'd' },
        { name: 'queue' },
        { linkto: 'm' },
        { name: 'progressreport' },
      ],
      {
        links: ['decodebin > webmmux', 'decodebin > queue', 'queue > webmmux', 'webmmux > progressreport'],
        outputs: ['progressreport > out'],
      },
    ],
    [
      'an element defined right behind a linkto to it is linked once',
      [
        { name: 'decodebin', alias: 'd' },
        { name: 'a52dec' },
        { linkto: 'm' },
        { name: 'mp4mux', alias: 'm' },
        { goto: 'd' },
        { name: 'x264enc' },
        { linkto: 'm' },
      ],
      { links: ['decodebin > a52dec', 'a52dec > mp4mux', 'decodebin > x264enc', 'x264enc > mp4mux'], outputs: ['mp4mux > out'] },
    ],
    [
      'goto at the end makes that element feed the sink',
      [
        { name: 'decodebin', alias: 'd' },
        { name: 'oggmux', alias: 'm' },
        { goto: 'd' },
        { name: 'flacenc' },
        { linkto: 'm' },
        { goto: 'm' },
      ],
      { links: ['decodebin > oggmux', 'decodebin > flacenc', 'flacenc > oggmux'], outputs: ['oggmux > out'] },
    ],
    [
      'pads are named behind the alias',
      [
        { name: 'qtdemux', alias: 'd' },
        { goto: 'd.video_0' },
        { name: 'h264parse' },
        { linkto: 'm.video_0' },
        { name: 'mp4mux', alias: 'm' },
      ],
      { links: ['qtdemux.video_0 > h264parse', 'h264parse > mp4mux.video_0'], outputs: ['mp4mux > out'] },
    ],
    [
      'an alias may hold a dot',
      [
        { name: 'tee', alias: 'a.b' },
        { name: 'queue' },
        { linkto: 'm' },
        { goto: 'a.b.src_1' },
        { name: 'identity' },
        { name: 'funnel', alias: 'm' },
      ],
      {
        links: ['tee > queue', 'queue > funnel', 'tee.src_1 > identity', 'identity > funnel'],
        outputs: ['funnel > out'],
      },
    ],
    [
      'the sink may be linked to by its name, from the middle',
      [{ name: 'tee', alias: 't' }, { name: 'queue' }, { linkto: 'out-out' }, { goto: 't' }, { name: 'fakesink' }],
      { links: ['tee > queue', 'tee > fakesink'], outputs: ['queue > out'] },
    ],
    [
      'what has no input by nature begins a chain',
      [{ name: 'decodebin' }, { name: 'compositor', alias: 'c' }, { name: 'videotestsrc' }, { linkto: 'c' }],
      { links: ['decodebin > compositor', 'videotestsrc > compositor'], outputs: ['compositor > out'] },
    ],
  ];
  it.each(cases)('%s', (_name, elements, wanted) => {
    expect(links(elements)).toEqual({ errors: [], source: elements[0]?.name, ...wanted });
  });

  it('feed each of several sinks by the linkto that names it', () => {
    const elements: Element[] = [
      { name: 'decodebin', alias: 'd' },
      { name: 'lamemp3enc' },
      { linkto: 'audio-out' },
      { goto: 'd' },
      { name: 'x264enc' },
      { linkto: 'video-out' },
    ];
    expect(links(elements, both)).toMatchObject({ errors: [], outputs: ['lamemp3enc > audio', 'x264enc > video'] });
  });

  it('get ids that GStreamer takes, each its own, and none of the engine', () => {
    const { graph } = fromElements([
      { name: 'tee', alias: 'queue0' },
      { name: 'queue' },
      { name: 'queue', alias: 'my queue' },
      { name: 'queue', alias: 'ok-1' },
    ]);
    expect(graph.nodes.map(({ id }) => id)).toEqual(['queue0', 'queue1', 'queue2', 'ok-1']);
  });

  const folder = [{ name: 'out', directory: true }];
  it.each([
    ['an element without a source pad', named('decodebin', 'x264enc', 'hlssink2'), []],
    ['such an element, and a linkto to the sink', [...named('decodebin', 'x264enc', 'hlssink2'), { linkto: 'out-out' }], []],
    [
      'such an element on a branch',
      [{ name: 'tee', alias: 't' }, { name: 'multifilesink' }, { goto: 't' }, { name: 'fakesink' }],
      [],
    ],
    ['an encoder', named('decodebin', 'x264enc'), ['folder-output', 'output-not-fed', 'dead-end']],
  ])('for a folder may end in %s', (_name, elements: Element[], errors) => {
    for (const catalogue of [undefined, loadCatalogue()]) {
      const { graph, findings } = fromElements(elements, { outlets: folder, ...(catalogue && { catalogue }) });
      expect(errorsOf(findings)).toEqual(errors);
      expect(graph.outputs).toEqual([]);
    }
  });
});

describe('faults of elements', () => {
  const d: Element = { name: 'decodebin', alias: 'd' };
  const cases: Array<
    [name: string, elements: Element[], wanted: Array<[rule: string, path: string, message: RegExp]>, outlets?: typeof both]
  > = [
    [
      'an alias that is there twice',
      [d, { name: 'queue', alias: 'd' }, { linkto: 'd' }],
      [
        ['duplicate-alias', '[1].alias', /that of element 0/],
        ['cycle', '[0]', /d → queue/],
      ],
    ],
    ['an alias that nothing names', [d, { name: 'queue' }], [['unused-alias', '[0].alias', /`d`/]]],
    [
      'goto to nothing',
      [{ name: 'decodebin', alias: 'dbin' }, { name: 'queue' }, { linkto: 'dbn' }],
      [['unknown-alias', '[2].linkto', /did you mean `dbin`/]],
    ],
    [
      'linkto to a sink that is not there',
      [d, { linkto: 'vidio-out' }],
      [['unknown-alias', '[1].linkto', /no sink `vidio`.*did you mean `video-out`/]],
      both,
    ],
    [
      'goto to a sink',
      [d, { name: 'queue' }, { linkto: 'video-out' }, { goto: 'video-out' }],
      [['unknown-alias', '[3].goto', /is an output/]],
      both,
    ],
    [
      'an alias that is that of a sink',
      [{ name: 'queue', alias: 'out-out' }],
      [['reserved-alias', '[0].alias', /names an output/]],
    ],
    [
      'an alias of the engine',
      [{ name: 'queue', alias: 'gst-functions-source' }],
      [
        ['reserved-alias', '[0].alias', /added at run time/],
        ['unused-alias', '[0].alias', /./],
      ],
    ],
    [
      'linkto with nothing before it',
      [d, { name: 'queue' }, { linkto: 'video-out' }, { linkto: 'd' }, { linkto: 'audio-out' }],
      [['nothing-before', '[3].linkto', /put a `goto` before it/]],
      both,
    ],
    [
      'a first entry that is no element',
      [{ goto: 'd' }, d, { name: 'queue' }],
      [['first-element', '[0]', /begin with a `name`/]],
    ],
    [
      'an element that nothing feeds',
      [d, { linkto: 'video-out' }, { name: 'queue' }, { linkto: 'audio-out' }],
      [
        ['unused-alias', '[0].alias', /./],
        ['no-input', '[2]', /nothing feeds `queue`/],
      ],
      both,
    ],
    [
      'a sink that is fed twice',
      [
        { name: 'tee', alias: 't' },
        { linkto: 'video-out' },
        { goto: 't' },
        { linkto: 'video-out' },
        { goto: 't' },
        { linkto: 'audio-out' },
      ],
      [['output-fed-twice', '[3]', /`video` is fed twice/]],
      both,
    ],
    [
      'a sink that nothing feeds',
      [{ name: 'queue' }, { linkto: 'video-out' }],
      [['output-not-fed', '', /`audio`.*`linkto: audio-out`/]],
      both,
    ],
    [
      'a cycle',
      [{ name: 'decodebin' }, { name: 'queue', alias: 'q' }, { name: 'identity' }, { linkto: 'q' }],
      [['cycle', '[1]', /q → identity → q/]],
    ],
    ['an element linked to itself', [{ name: 'queue', alias: 'q' }, { linkto: 'q' }], [['cycle', '[0]', /q → q/]]],
    [
      'a graph in two pieces',
      [{ name: 'decodebin' }, { linkto: 'video-out' }, { name: 'audiotestsrc' }, { linkto: 'audio-out' }],
      [['two-pieces', '[2]', /audiotestsrc/]],
      both,
    ],
    [
      'a branch that leads nowhere',
      [d, { name: 'queue' }, { goto: 'd' }, { name: 'identity' }],
      [['dead-end', '[1]', /`queue` feeds nothing/]],
    ],
    ['a source of one’s own', named('filesrc', 'decodebin'), [['source-not-fed', '[0]', /no filesrc is needed/]]],
    ['a sink of one’s own', named('decodebin', 'filesink'), [['output-not-fed', '[1]', /leave it out/]]],
    [
      'a pad with a name that is none',
      [d, { goto: 'd.a b' }, { name: 'queue' }],
      [['pad-invalid', '[1].goto', /no name of a pad/]],
    ],
  ];
  it.each(cases)('%s', (_name, elements, wanted, outlets = [...single.outlets]) => {
    const { findings } = fromElements(elements, { outlets });
    expect(findings.map(({ rule, path }) => [rule, path.replace('spec.pipeline.elements', '')])).toEqual(
      wanted.map(([rule, path]) => [rule, path]),
    );
    for (const [index, [, , message]] of wanted.entries()) expect(findings[index]?.message).toMatch(message);
  });
});
