import { describe, expect, it } from 'vitest';
import type { PadTemplate } from '../../../lib/graph/catalogue/index.ts';
import type { Element, Graph } from '../../../lib/graph/index.ts';
import { templateCaps } from '../../../lib/graph/lint/template-caps.ts';
import { catalogue, chain, lint, lintOf, told } from './lint-support.ts';

const at = (index: number) => `spec.pipeline.elements[${index}]`;

describe('elements', () => {
  it('are told with the nearest name where nobody has them, as a warning where an image of its own may', () => {
    const elements = chain('decodebin', 'x246enc', 'mp4mux');
    expect(told(lint(elements))).toEqual([`unknown-element ${at(1)}.name: no element \`x246enc\`; did you mean \`x264enc\`?`]);
    expect(lint(elements, { image: true }).map(({ severity }) => severity)).toEqual(['warning']);
  });

  const elsewhere: Array<[name: string, said: string]> = [
    ['ffmpegcolorspace', 'since GStreamer 1.0 it is `videoconvert`'],
    ['lame', 'since GStreamer 1.0 it is `lamemp3enc`'],
    ['nvv4l2h264enc', '`x264enc` does the same here'],
    ['vtenc_h265_hw', '`x265enc` does the same here'],
    ['vaapih264dec', '`avdec_h264` does the same here'],
    ['nvvp9enc', '`vp9enc` does the same here'],
    ['nvjpegenc', '`jpegenc` does the same here'],
    ['nvvidconv', '`videoconvert` does the same here'],
    ['faac', '`voaacenc` does the same here'],
    ['alsasink', 'it is for somebody who watches or listens: end in an encoder and a muxer in its place'],
    ['openh264encc', 'did you mean `openh264enc`?'],
    ['gvametaconvert', 'an image with its plugin goes into `pipeline.image`'],
  ];
  it.each(elsewhere)('of other machines are told with what does the same: %s', (name, said) => {
    expect(told(lint(chain('decodebin', name)))).toEqual([`unknown-element ${at(1)}.name: no element \`${name}\`; ${said}`]);
  });
});

describe('pads', () => {
  const cases: Array<[name: string, elements: Element[], said: string[]]> = [
    [
      'a pad that no template gives',
      [{ name: 'qtdemux', alias: 'd' }, { goto: 'd.vidio_0' }, { name: 'h264parse' }, { name: 'mp4mux' }],
      [`unknown-pad ${at(2)}: \`qtdemux\` has no source pad \`vidio_0\`; it has \`video_%u\`, \`audio_%u\`, \`subtitle_%u\``],
    ],
    [
      'a pad that a template gives',
      [{ name: 'qtdemux', alias: 'd' }, { goto: 'd.video_0' }, { name: 'h264parse' }, { name: 'mp4mux' }],
      [],
    ],
    [
      'a pad with numbers in hexadecimal',
      [{ name: 'tsdemux', alias: 'd' }, { goto: 'd.video_0_0041' }, { name: 'h264parse' }, { name: 'mp4mux' }],
      [],
    ],
    [
      'a second link from an element with one pad',
      [
        { name: 'decodebin' },
        { name: 'videoconvert', alias: 'v' },
        { name: 'x264enc' },
        { name: 'mp4mux', alias: 'm' },
        { goto: 'v' },
        { name: 'fakesink' },
        { goto: 'm' },
      ],
      [
        `pad-taken ${at(5)}: \`videoconvert\` has one source pad, which is linked already: put a \`tee\` after it, and a \`queue\` at the head of each branch`,
      ],
    ],
    [
      'a second link from a tee',
      [
        { name: 'decodebin' },
        { name: 'tee', alias: 't' },
        { name: 'x264enc' },
        { name: 'mp4mux', alias: 'm' },
        { goto: 't' },
        { name: 'fakesink' },
        { goto: 'm' },
      ],
      [],
    ],
    [
      'a second link to an element with one pad',
      [
        { name: 'decodebin', alias: 'd' },
        { name: 'x264enc', alias: 'e' },
        { goto: 'd' },
        { name: 'videoconvert' },
        { linkto: 'e' },
        { name: 'mp4mux' },
      ],
      [
        `pad-taken ${at(4)}: \`x264enc\` has one sink pad, which is linked already: join the branches before it, by a muxer, a mixer or \`funnel\``,
      ],
    ],
    [
      'the same pad twice',
      [
        { name: 'qtdemux', alias: 'd' },
        { goto: 'd.video_0' },
        { name: 'queue' },
        { name: 'mp4mux', alias: 'm' },
        { goto: 'd.video_0' },
        { name: 'queue' },
        { linkto: 'm' },
      ],
      [`pad-taken ${at(5)}: the pad \`video_0\` of \`qtdemux\` is linked already`],
    ],
    [
      'a link to an element without sink pads',
      [
        { name: 'decodebin', alias: 'd' },
        { name: 'x264enc' },
        { name: 'mp4mux', alias: 'm' },
        { name: 'videotestsrc', alias: 's' },
        { goto: 'd' },
        { name: 'queue' },
        { linkto: 's' },
        { goto: 'm' },
      ],
      [`no-pad ${at(6)}: \`videotestsrc\` has no sink pad: nothing can be linked to it`],
    ],
  ];
  it.each(cases)('%s', (_name, elements, said) => {
    expect(told(lint(elements)).filter((text) => /pad/.test(text))).toEqual(said);
  });
});

describe('formats', () => {
  const cases: Array<[name: string, elements: Element[], said: string[]]> = [
    [
      'video to an audio encoder',
      chain('decodebin', 'videoconvert', 'lamemp3enc'),
      [
        `caps-never-meet ${at(2)}: \`videoconvert\` and \`lamemp3enc\` share no format: the first gives video/x-raw, the second takes audio/x-raw`,
      ],
    ],
    [
      'raw video to a muxer',
      chain('decodebin', 'videoconvert', 'webmmux'),
      [
        `caps-never-meet ${at(2)}: \`videoconvert\` and \`webmmux\` share no format: the first gives video/x-raw, the second takes video/x-vp8, video/x-vp9, video/x-av1, audio/x-vorbis, audio/x-opus, subtitle/x-kate, text/x-raw, application/x-ssa, application/x-ass, application/x-usf, subpicture/x-dvd, application/x-subtitle-unknown; an encoder goes between them`,
      ],
    ],
    [
      'a raw format to an encoder that does not take it',
      chain('decodebin', { name: 'capsfilter', properties: { caps: 'video/x-raw,format=YUY2' } }, 'queue', 'x264enc', 'mp4mux'),
      [
        `caps-never-meet ${at(3)}: \`queue\` and \`x264enc\` share no format: the first gives video/x-raw, the second takes video/x-raw (they differ in format: YUY2 against Y444, Y42B, I420, YV12, NV12, Y444_10LE, I422_10LE, I420_10LE); \`videoconvert\` goes between them`,
      ],
    ],
    [
      'caps of GStreamer 0.10',
      chain('decodebin', 'audioconvert', { name: 'capsfilter', properties: { caps: 'audio/x-raw-int,rate=8000' } }),
      [
        `caps-never-meet ${at(2)}: \`audioconvert\` and \`capsfilter\` share no format: the first gives audio/x-raw, the second takes audio/x-raw-int; since GStreamer 1.0 it is \`audio/x-raw\`, with a \`format\``,
      ],
    ],
    ['video to a video encoder', chain('decodebin', 'videoconvert', 'x264enc', 'mp4mux'), []],
    [
      'through a queue',
      chain('decodebin', 'x264enc', 'queue', 'oggmux'),
      [
        `caps-never-meet ${at(3)}: \`queue\` and \`oggmux\` share no format: the first gives video/x-h264, the second takes video/x-theora, application/x-ogm-video, video/x-dirac, video/x-smoke, video/x-vp8, video/x-daala, audio/x-vorbis, audio/x-flac, audio/x-speex, audio/x-celt, application/x-ogm-audio, audio/x-opus, text/x-cmml, subtitle/x-kate, application/x-kate`,
      ],
    ],
    ['through a queue that suits', chain('decodebin', 'x264enc', 'queue', 'matroskamux'), []],
    [
      'a capsfilter of another kind',
      chain('decodebin', 'videoconvert', { name: 'capsfilter', properties: { caps: 'audio/x-raw' } }, 'x264enc', 'mp4mux'),
      [
        `caps-never-meet ${at(2)}: \`videoconvert\` and \`capsfilter\` share no format: the first gives video/x-raw, the second takes audio/x-raw`,
        `caps-never-meet ${at(3)}: \`capsfilter\` and \`x264enc\` share no format: the first gives audio/x-raw, the second takes video/x-raw`,
      ],
    ],
    [
      'a frame rate that is no fraction',
      chain(
        'decodebin',
        'videorate',
        { name: 'capsfilter', properties: { caps: 'video/x-raw,framerate=30' } },
        'x264enc',
        'mp4mux',
      ),
      [
        `caps-never-meet ${at(3)}: \`capsfilter\` and \`x264enc\` share no format: the first gives video/x-raw, the second takes video/x-raw (they differ in framerate: 30 against 0/1 to 2147483647/1; a fraction is written as 30/1)`,
      ],
    ],
    [
      'a frame rate that is one',
      chain(
        'decodebin',
        'videorate',
        { name: 'capsfilter', properties: { caps: 'video/x-raw,framerate=30/1' } },
        'x264enc',
        'mp4mux',
      ),
      [],
    ],
    [
      'raw frames in a file, by caps that say so',
      chain({ name: 'capsfilter', properties: { caps: 'video/x-raw,format=I420' } }, 'videoconvert', 'x264enc', 'mp4mux'),
      [],
    ],
    [
      'an object that nothing decodes',
      chain('videoconvert', 'x264enc', 'mp4mux'),
      [
        `raw-input ${at(0)}.name: the object is a file, and \`videoconvert\` takes video/x-raw, which a decoder makes of it: begin with \`decodebin\``,
      ],
    ],
    [
      'an output that is not encoded',
      chain('decodebin', 'videoconvert', 'queue'),
      [`raw-output ${at(2)}: the output \`out\` gets video/x-raw as it is, which no player opens: end in an encoder and a muxer`],
    ],
  ];
  it.each(cases)('%s', (_name, elements, said) => {
    expect(told(lint(elements))).toEqual(said);
  });

  const filtered = (caps: string): Graph => ({
    nodes: [
      { id: 'd', factory: 'decodebin', properties: {}, at: 0 },
      { id: 'v', factory: 'videoconvert', properties: {}, at: 1 },
      { id: 'e', factory: 'jpegenc', properties: {}, at: 2 },
    ],
    links: [
      { from: { node: 'd' }, to: { node: 'v' }, at: 1 },
      { from: { node: 'v' }, to: { node: 'e' }, caps, at: 2 },
    ],
    source: { node: 'd' },
    outputs: [{ name: 'out', from: { node: 'e' }, at: 2 }],
  });
  const filters: Array<[caps: string, said: string[]]> = [
    ['video/x-raw, format=I420, width=[1,640]', []],
    [
      'video/x-raw, format=NV12_64Z32',
      [
        `caps-never-meet ${at(2)}: \`jpegenc\` never takes \`video/x-raw, format=NV12_64Z32\`: it takes video/x-raw (they differ in format: NV12_64Z32 against I420, YV12, YUY2, UYVY, Y41B, Y42B, YVYU, Y444, NV21, NV12, RGB, BGR, and 5 more)`,
      ],
    ],
    [
      'video/x-raw, width=wide',
      [
        `caps-never-meet ${at(2)}: \`videoconvert\` never gives \`video/x-raw, width=wide\`: it gives video/x-raw (they differ in width: 1 to 32767 against wide)`,
      ],
    ],
    ['audio/x-raw', [`caps-never-meet ${at(2)}: \`videoconvert\` never gives \`audio/x-raw\`: it gives video/x-raw`]],
    [
      'video/x-raw,width=320 jpegenc',
      [
        `property-value ${at(2)}: the caps filter \`video/x-raw,width=320 jpegenc\` cannot be read as caps: \`,\` or \`;\` expected at \`jpegenc\`; a \`!\` is missing before it`,
      ],
    ],
    [
      'video/x-raw-yuv',
      [
        `caps-never-meet ${at(2)}: \`videoconvert\` never gives \`video/x-raw-yuv\`: it gives video/x-raw; since GStreamer 1.0 it is \`video/x-raw\`, with a \`format\``,
      ],
    ],
    [
      'video/x-raw, width',
      [
        `property-value ${at(2)}: the caps filter \`video/x-raw, width\` cannot be read as caps: \`=\` after \`width\` expected at the end`,
      ],
    ],
  ];
  it.each(filters)('the caps filter %s', (caps, said) => {
    expect(told(lintOf(filtered(caps)))).toEqual(said);
  });
});

describe('caps of pad templates', () => {
  it('are read once for a catalogue, whichever elements have them', () => {
    const pads = ['queue', 'tee'].map((name) => catalogue.element(name)?.pads[0]);
    const [queue, tee] = pads as [PadTemplate, PadTemplate];
    const muxer = catalogue.element('mp4mux')?.pads[0] as PadTemplate;
    expect(templateCaps(catalogue, tee)).toBe(templateCaps(catalogue, queue));
    expect(templateCaps(catalogue, muxer)).toBe(templateCaps(catalogue, { ...muxer, name: 'another' }));
    expect(templateCaps({ ...catalogue }, muxer)).not.toBe(templateCaps(catalogue, muxer));
  });
});
