import { describe, expect, it } from 'vitest';
import type { Element } from '../../../lib/graph/index.ts';
import { chain, lint, told } from './lint-support.ts';

const at = (index: number) => `spec.pipeline.elements[${index}].properties.snapshot`;
const picture = (name: string, snapshot: string | boolean | number = true): Element => ({ name, properties: { snapshot } });
const first: Element = { name: 'imagefreeze', properties: { 'num-buffers': 1 } };
const said = (index: number, encoder: string, holder: string) => [
  `snapshot-several ${at(index)}: after the first picture \`${encoder}\` still encodes what \`${holder}\` has in hand, so one file may hold several: for one picture, put \`imagefreeze\` with \`num-buffers\` of 1 before it`,
];

describe('an encoder that is to make one picture', () => {
  const warned: Array<[name: string, elements: Element[], said: string[]]> = [
    ['decodebin', chain('decodebin', 'videoconvert', picture('jpegenc')), said(2, 'jpegenc', 'decodebin')],
    ['a decoder of video', chain('h264parse', 'avdec_h264', 'videoconvert', picture('pngenc')), said(3, 'pngenc', 'avdec_h264')],
    ['decodebin, in text', chain('decodebin', 'videoconvert', picture('jpegenc', 'yes')), said(2, 'jpegenc', 'decodebin')],
    [
      'videorate, the nearest',
      chain('decodebin', 'videorate', 'videoconvert', picture('pngenc')),
      said(3, 'pngenc', 'videorate'),
    ],
    [
      'decodebin, of which an earlier element takes more than one',
      chain('decodebin', { name: 'imagefreeze', properties: { 'num-buffers': 2 } }, 'videoconvert', picture('jpegenc')),
      said(3, 'jpegenc', 'decodebin'),
    ],
    [
      'decodebin on one of two ways',
      [
        ...chain('decodebin', 'videoconvert', { name: 'compositor', alias: 'c' }, 'videoconvert', { name: 'pngenc', alias: 'p' }),
        { name: 'videotestsrc', properties: { 'num-buffers': 1 } },
        { linkto: 'c' },
        { goto: 'p' },
      ].map((element) => (element.name === 'pngenc' ? { ...element, ...picture('pngenc') } : element)),
      said(4, 'pngenc', 'decodebin'),
    ],
  ];
  it.each(warned)('is told of what comes out behind the first: of %s', (_name, elements, wanted) => {
    expect(told(lint(elements))).toEqual(wanted);
  });

  const silent: Array<[name: string, elements: Element[]]> = [
    ['one frame is taken before', chain('decodebin', first, 'videoconvert', picture('jpegenc'))],
    [
      'one frame is taken before, by the other spelling',
      chain('decodebin', { name: 'imagefreeze', properties: { num_buffers: '1' } }, 'videoconvert', picture('jpegenc')),
    ],
    [
      'the source gives one',
      chain(
        { name: 'videotestsrc', properties: { 'num-buffers': 1 } },
        'x264enc',
        'avdec_h264',
        'videoconvert',
        picture('jpegenc'),
      ),
    ],
    ['the object is a picture', chain('pngdec', 'videoconvert', picture('jpegenc'))],
    ['one frame is taken before a queue', chain('decodebin', first, 'queue', 'videoconvert', picture('jpegenc'))],
    ['the decoder has none in hand', chain('matroskademux', 'vp8dec', 'videoconvert', picture('jpegenc'))],
    ['each picture is wanted', chain('decodebin', 'videoconvert', picture('jpegenc', false), 'avimux')],
    ['nothing is said of it', chain('decodebin', 'videoconvert', 'jpegenc', 'avimux')],
  ];
  it.each(silent)('is not complained of where %s', (_name, elements) => {
    expect(told(lint(elements)).filter((line) => line.startsWith('snapshot-several'))).toEqual([]);
  });
});
