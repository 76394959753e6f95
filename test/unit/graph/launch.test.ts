import { describe, expect, it } from 'vitest';
import { collectFindings } from '../../../lib/finding.ts';
import { elementsOf, graphFromLaunch, loadCatalogue } from '../../../lib/graph/index.ts';
import { fromElements, fromLaunch, shape, single } from './support.ts';

const read = (text: string, outlets = single.outlets) => {
  const { graph, findings } = fromLaunch(text, { outlets });
  return { findings, elements: elementsOf(graph) };
};
const caps = (text: string) => ({ name: 'capsfilter', properties: { caps: text } });

describe('launch text', () => {
  const cases: Array<[name: string, text: string, elements: unknown[]]> = [
    ['a chain between source and sink', 'filesrc location=a ! flactag ! filesink location=b', [{ name: 'flactag' }]],
    [
      'a command behind others',
      'sudo GST_DEBUG="*:3" timeout 10s gst-launch-1.0 filesrc ! flactag ! filesink # done',
      [{ name: 'flactag' }],
    ],
    [
      'an element by the name that it gets from GStreamer',
      'filesrc ! qtdemux ! queue ! mux. qtdemux0. ! queue ! mp4mux name=mux ! filesink',
      [
        { name: 'qtdemux', alias: 'qtdemux0' },
        { name: 'queue' },
        { name: 'mp4mux', alias: 'mux' },
        { goto: 'qtdemux0' },
        { name: 'queue' },
        { linkto: 'mux' },
      ],
    ],
    ['comments', 'filesrc !\n  # write tags\n  flactag ! filesink', [{ name: 'flactag' }]],
    ['comments in a command', 'gst-launch-1.0 filesrc ! \\\n# tags!\n flactag ! filesink', [{ name: 'flactag' }]],
    ['a command', 'gst-launch-1.0 -e -v --gst-debug=3 filesrc location=a ! flactag ! filesink location=b', [{ name: 'flactag' }]],
    [
      'a command with a variable and a path',
      'GST_DEBUG=3 /usr/bin/gst-launch-1.0 -q filesrc ! flactag ! filesink',
      [{ name: 'flactag' }],
    ],
    ['options without a command', '-e -m filesrc ! flactag ! filesink', [{ name: 'flactag' }]],
    ['lines that go on', 'filesrc \\\n  ! flactag \\\r\n  ! filesink', [{ name: 'flactag' }]],
    ['lines that go on in Windows', 'gst-launch-1.0 filesrc ^\r\n  ! flactag ^\n  ! filesink', [{ name: 'flactag' }]],
    ['lines of Windows without a command', 'filesrc ^\r\n  ! flactag ^\n  ! filesink', [{ name: 'flactag' }]],
    ['no source and no sink', 'decodebin ! flacenc', [{ name: 'decodebin' }, { name: 'flacenc' }]],
    ['a URI', 'uridecodebin uri=http://x/y?a=b name=d ! flacenc ! fdsink fd=1', [{ name: 'decodebin' }, { name: 'flacenc' }]],
    ['no blanks around links', 'filesrc!flactag!filesink', [{ name: 'flactag' }]],
    [
      'caps',
      'filesrc ! decodebin ! video/x-raw,width=1 ! flacenc ! filesink',
      [{ name: 'decodebin' }, caps('video/x-raw,width=1'), { name: 'flacenc' }],
    ],
    [
      'caps with features, blanks and alternatives',
      'filesrc ! decodebin ! video/x-raw(memory:X), width = 1 ; audio/x-raw ! flacenc ! filesink',
      [{ name: 'decodebin' }, caps('video/x-raw(memory:X), width = 1 ; audio/x-raw'), { name: 'flacenc' }],
    ],
    [
      'caps of a command, with blanks',
      `gst-launch-1.0 filesrc ! decodebin ! 'video/x-raw, width=1' ! flacenc ! filesink`,
      [{ name: 'decodebin' }, caps('video/x-raw, width=1'), { name: 'flacenc' }],
    ],
    [
      'caps behind the source and before the sink',
      'filesrc ! audio/x-flac ! flactag ! audio/x-flac ! filesink',
      [caps('audio/x-flac'), { name: 'flactag' }, caps('audio/x-flac')],
    ],
    [
      'references before what they name',
      'd. ! flacenc ! filesink  filesrc ! decodebin name=d',
      [{ name: 'decodebin' }, { name: 'flacenc' }],
    ],
    [
      'pads',
      'filesrc ! qtdemux name=d .video_0 ! queue ! .video_1 mp4mux name=m ! filesink d.audio_0 ! m.audio_1',
      [
        { name: 'qtdemux', alias: 'd' },
        { goto: 'd.video_0' },
        { name: 'queue' },
        { linkto: 'm.video_1' },
        { name: 'mp4mux', alias: 'm' },
        { goto: 'd.audio_0' },
        { linkto: 'm.audio_1' },
      ],
    ],
    [
      'lists of pads',
      'filesrc ! tsdemux name=d d.a,b ! m.c,e mpegtsmux name=m ! filesink',
      [
        { name: 'tsdemux', alias: 'd' },
        { goto: 'd.a' },
        { linkto: 'm.c' },
        { name: 'mpegtsmux', alias: 'm' },
        { goto: 'd.b' },
        { linkto: 'm.e' },
      ],
    ],
    [
      'a source of its own',
      'filesrc ! decodebin ! compositor name=c ! filesink videotestsrc num-buffers=3 ! c.',
      [
        { name: 'decodebin' },
        { name: 'compositor', alias: 'c' },
        { name: 'videotestsrc', properties: { 'num-buffers': 3 } },
        { linkto: 'c' },
      ],
    ],
  ];
  it.each(cases)('%s', (_name, text, elements) => {
    const { findings, elements: found } = read(text);
    expect(findings).toEqual([]);
    expect(found).toEqual(elements);
  });

  it('takes caps in quotes, as in a shell', () => {
    expect(read(`filesrc ! decodebin ! 'video/x-raw,width=1' ! queue ! "audio/x-raw" ! flacenc ! filesink`)).toEqual({
      findings: [],
      elements: [{ name: 'decodebin' }, caps('video/x-raw,width=1'), { name: 'queue' }, caps('audio/x-raw'), { name: 'flacenc' }],
    });
  });

  const values: Array<[raw: string, value: unknown]> = [
    ['a', 'a'],
    ['"a b"', 'a b'],
    ["'a b'", 'a b'],
    ['a\\ b', 'a b'],
    ['a"b', 'a"b'],
    ['"say \\"hi\\""', 'say "hi"'],
    ['"\\"a\\\\ b\\""', 'a b'],
    ['"\\"a b\\""', 'a b'],
    ['"\\"\\\\303\\\\251\\""', 'é'],
    ['"x ! y"', 'x ! y'],
    ['x!y', 'x!y'],
    ['""', ''],
    ['5', 5],
    ['"5"', 5],
    ['005', '005'],
    ['0.5', 0.5],
    ['true', true],
    ['1/2', '1/2'],
    ['"a\nb"', 'a\nb'],
    ['video/x-raw,width=1', 'video/x-raw,width=1'],
    ["it's", "it's"],
  ];
  it.each(values)('reads the value %s', (raw, value) => {
    for (const text of [`filesrc ! identity p=${raw} q=1 ! filesink`, `filesrc ! identity p = ${raw} q=1 ! filesink`]) {
      expect(read(text)).toEqual({ findings: [], elements: [{ name: 'identity', properties: { p: value, q: 1 } }] });
    }
  });

  it.each([
    ['text="5"', '5'],
    ['text=true', 'true'],
    ['text="\\"NULL\\""', 'NULL'],
  ])('leaves %s a string where the property is one', (raw, value) => {
    const { graph } = fromLaunch(`filesrc ! textoverlay ${raw} ! filesink`, { ...single, catalogue: loadCatalogue() });
    expect(graph.nodes[0]?.properties).toEqual({ text: value });
  });

  it('tells several outputs apart by the names of their sinks, or of their files', () => {
    const outlets = ['video', 'audio'].map((name) => ({ name, directory: false }));
    const text = 'filesrc ! decodebin name=d ! queue ! filesink name=audio d. ! identity ! filesink location=/tmp/video.mp4';
    const { findings, elements } = read(text, outlets);
    expect(findings).toEqual([]);
    expect(elements).toEqual([
      { name: 'decodebin', alias: 'd' },
      { name: 'queue' },
      { linkto: 'audio-out' },
      { goto: 'd' },
      { name: 'identity' },
      { linkto: 'video-out' },
    ]);
    expect(shape(fromElements(elements, { outlets }).graph)).toEqual(shape(fromLaunch(text, { outlets }).graph));
  });

  it('links all pads with `:` where there is one', () => {
    const { graph, findings } = fromLaunch('filesrc ! identity : flactag : filesink', { ...single, catalogue: loadCatalogue() });
    expect(findings).toEqual([]);
    expect(graph.links).toHaveLength(1);
  });
});

describe('faults of launch text', () => {
  const cases: Array<[name: string, text: string, rule: string, message: RegExp]> = [
    ['nothing at all', '  ', 'launch-syntax', /no element/],
    ['a bin', 'filesrc ! ( queue ! identity ) ! filesink', 'launch-bin', /without the parentheses \(offset 10\)$/],
    ['a named bin', 'filesrc ! bin.( queue ) ! filesink', 'launch-bin', /`bin\.\( … \)`/],
    [
      'a preset',
      'filesrc ! x264enc @preset="Profile YouTube" ! filesink',
      'launch-preset',
      /write the properties .*\(offset 18\)$/,
    ],
    ['a URL at the end', 'filesrc ! queue ! http://x/y', 'launch-url', /`http:\/\/x\/y`.*\(offset 18\)$/],
    ['a path at the end', 'filesrc ! queue ! /tmp/x', 'launch-url', /write filesrc or filesink/],
    ['caps at the end', 'filesrc ! queue ! video/x-raw', 'launch-caps', /`video\/x-raw` are caps.*\(offset 18\)$/],
    ['two links in a row', 'filesrc ! ! queue', 'launch-syntax', /nothing stands before this `!`.*\(offset 10\)$/],
    ['a link at the end', 'filesrc ! queue !', 'launch-syntax', /text ends/],
    ['a property of nothing', 'location=x ! queue', 'launch-syntax', /`location=…` belongs to no element/],
    [
      'a chain that goes on behind a reference',
      'filesrc ! tee name=t t. ! m. ! queue funnel name=m',
      'launch-syntax',
      /begin a new one, `m\. m\. ! …`/,
    ],
    [
      'a reference to nothing',
      'filesrc ! decodebin name=dec dce. ! queue ! filesink',
      'unknown-alias',
      /did you mean `dec`\?.*\(offset 29\)$/,
    ],
    [
      'a reference that is linked to nothing',
      'filesrc ! tee name=t t.',
      'launch-syntax',
      /`t\.` is linked to nothing: a `!` is missing/,
    ],
    [
      'an option in the midst',
      'filesrc ! mp4mux -e ! filesink',
      'launch-syntax',
      /`-e` is an option .*leave it out \(offset 17\)$/,
    ],
    ['an option with a typographic dash', 'gst-launch-1.0 –e filesrc ! queue', 'launch-syntax', /`–e` is an option/],
    [
      'a property with dashes',
      'filesrc ! x264enc --bitrate=500 ! filesink',
      'launch-syntax',
      /write `bitrate=500` \(offset 18\)$/,
    ],
    ['links of a shell', 'filesrc | queue | filesink', 'launch-syntax', /linked by `!`, not by `\|` \(offset 8\)$/],
    [
      'a variable in place of an element',
      'gst-launch-1.0 $DEBUG filesrc ! queue ! filesink',
      'launch-syntax',
      /`\$DEBUG` is filled in by a shell.*\(offset 15\)$/,
    ],
    ['a backslash within a line', 'filesrc ! tee name=t \\ t. ! queue', 'launch-syntax', /leave it out here \(offset 21\)$/],
    ['caps without their `/`', 'filesrc ! videoscale ! x-raw,width=320 ! queue', 'launch-syntax', /such as `video\/x-raw` /],
    ['a name that is there twice', 'filesrc ! queue name=q ! identity name=q ! filesink', 'duplicate-alias', /\(offset 25\)$/],
    ['a name of the engine', 'filesrc ! queue name=gst-functions-source ! filesink', 'reserved-alias', /added at run time/],
    [
      'lists of pads that do not match',
      'filesrc ! tee name=t t.a,b ! f.c funnel name=f ! filesink',
      'pad-list',
      /2 pads before the link and 1 behind/,
    ],
    [
      'all pads of a demuxer',
      'filesrc ! qtdemux : queue ! filesink',
      'link-all',
      /a chain with `!` for each stream \(offset 18\)$/,
    ],
    ['the null string', 'filesrc ! textoverlay text=NULL ! filesink', 'null-string', /leave the property out/],
    [
      'two sources',
      'filesrc ! queue name=q ! funnel name=f ! filesink souphttpsrc ! f.',
      'several-sources',
      /`souphttpsrc` is a second source/,
    ],
    ['source and sink side by side', 'filesrc ! filesink', 'nothing-between', /at least one element/],
    [
      'a sink that is none of the outputs',
      'filesrc ! tee name=t ! filesink name=a t. ! filesink name=b',
      'output-unknown',
      /`a` is none of them/,
    ],
    ['a cycle', 'filesrc ! funnel name=f ! queue ! f.', 'cycle', /f → queue → f/],
    ['an element that nothing feeds', 'filesrc ! queue ! filesink identity ! fakesink', 'no-input', /nothing feeds `identity`/],
    [
      'what makes its data itself',
      'videotestsrc ! x264enc ! mp4mux ! filesink',
      'source-not-fed',
      /`videotestsrc`.*\(offset 0\)$/,
    ],
    ['a word of a shell', 'gst-launch-1.0 filesrc ! queue ! filesink && echo', 'shell-operator', /\(offset 42\)$/],
    ['a quote that is never closed', "gst-launch-1.0 filesrc ! queue ! 'video/x-raw", 'quote-open', /\(offset 33\)$/],
    [
      'a variable of a shell',
      'gst-launch-1.0 filesrc ! x264enc bitrate=$RATE ! filesink',
      'shell-variable',
      /`\$RATE`.*\(offset 41\)$/,
    ],
    [
      'a quote of a word processor',
      'filesrc ! textoverlay text=“a b” ! filesink',
      'launch-syntax',
      /typographic.*\(offset 31\)$/,
    ],
    [
      'a quote in a value that is never closed',
      'filesrc ! textoverlay text="a ! filesink',
      'quote-open',
      /a part of the value \(offset 22\)$/,
    ],
    [
      'a second source',
      'filesrc ! decodebin ! c. filesrc ! decodebin ! c. compositor name=c ! filesink',
      'several-sources',
      /\(offset 25\)$/,
    ],
    ['a fault in the third line', 'filesrc\n  ! queue\n  ! ( identity )', 'launch-bin', /\(offset 22: line 3, column 5\)$/],
  ];
  it.each(cases)('%s', (_name, text, rule, message) => {
    const { findings } = fromLaunch(text, { ...single, catalogue: loadCatalogue() });
    const found = findings.find((finding) => finding.rule === rule);
    expect(findings.map((finding) => finding.rule)).toContain(rule);
    expect(found).toMatchObject({ path: 'spec.pipeline.launch', message: expect.stringMatching(message) });
  });
});

describe('slips in launch text', () => {
  const rulesOf = (text: string) => fromLaunch(text, { ...single, catalogue: loadCatalogue() }).findings.map(({ rule }) => rule);

  it.each([
    ['a missing link', 'filesrc ! decodebin videoconvert ! x264enc ! filesink', ['no-input']],
    ['a property as in YAML', 'filesrc ! x264enc bitrate: 500 ! mp4mux ! filesink', ['no-input']],
    ['a sink that is fed twice', 'filesrc ! tee name=t ! queue ! filesink name=f t. ! queue ! f.', ['output-fed-twice']],
    ['a chain of its own behind a sink', 'filesrc ! queue ! filesink identity ! fakesink', ['no-input']],
  ])('are told once: %s', (_name, text, rules) => {
    expect(rulesOf(text)).toEqual(rules);
  });
});

describe('the outputs of text that belongs to no Transform', () => {
  const outletsOf = (text: string) => {
    const findings = collectFindings(() => undefined);
    const { outlets, outputs } = graphFromLaunch(text, { catalogue: loadCatalogue() }, findings);
    expect(findings.all).toEqual([]);
    expect(outputs.map(({ name }) => name)).toEqual(outlets.filter(({ directory }) => !directory).map(({ name }) => name));
    return outlets.map(({ name, directory }) => name + (directory ? '/' : ''));
  };

  it.each([
    ['one sink', 'filesrc ! queue ! filesink location=film.mp4', ['out']],
    ['names', 'filesrc ! tee name=t ! filesink name=film t. ! filesink name=sound location=x', ['film', 'sound']],
    ['files', 'filesrc ! tee name=t ! filesink location=/tmp/Film_720p.mp4 t. ! filesink location=Ton.mp3', ['film-720p', 'ton']],
    ['files of one stem', 'filesrc ! tee name=t ! filesink location=a.mp4 t. ! filesink location=a.mp3', ['a', 'out-2']],
    ['no names at all', 'filesrc ! tee name=t ! fdsink fd=3 t. ! fdsink fd=4', ['out-1', 'out-2']],
    ['elements that write files', 'filesrc ! decodebin ! x264enc ! hlssink2', ['out/']],
  ])('are told apart by %s', (_name, text, names) => {
    expect(outletsOf(text)).toEqual(names);
  });
});

describe('variables of a shell', () => {
  it('are told where they matter alone: not in the names of the files', () => {
    const text = 'gst-launch-1.0 filesrc location="$IN" ! x264enc bitrate=$RATE ! mp4mux ! filesink location=$OUT.mp4';
    const { findings } = fromLaunch(text, { ...single, catalogue: loadCatalogue() });
    expect(findings.map(({ message }) => message)).toEqual([expect.stringMatching(/^`\$RATE` is filled in by a shell/)]);
    const uri = fromLaunch('gst-launch-1.0 uridecodebin uri="file://$SRC" ! flacenc ! filesink', single);
    expect(uri.findings).toEqual([]);
  });
});
