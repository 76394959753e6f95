import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../lib/graph/model.ts';
import { checkDuration, checkPresent } from '../../../lib/gst/declared-duration.ts';
import type { IndexedTrack } from '../../../lib/gst/mp4-index.ts';
import type { EndReport, PadReport } from '../../../lib/gst/protocol.ts';

const track = (kind: IndexedTrack['kind'], declared: number, present = declared, last = 0.04): IndexedTrack => ({
  kind,
  declared,
  present,
  last,
});
const pad = (caps: string, top = true): PadReport => ({
  element: 'encoder',
  factory: 'x',
  klass: 'Codec/Encoder',
  pad: 'sink',
  direction: 'sink',
  top,
  caps,
});
const video = pad('video/x-raw');
const audio = pad('audio/x-raw');
const graph = (factory = 'x264enc', properties = {}): Graph => ({
  nodes: [{ id: 'e', factory, properties, at: 0 }],
  links: [],
  source: undefined,
  outputs: [],
});

/** Codes of what is found where `decoded` seconds came out, and the demuxer came as far as `read`. */
function code(tracks: IndexedTrack[], decoded: number, pads: PadReport[], { read = decoded, of = graph() } = {}) {
  const end: EndReport = { positions: { e: decoded }, demuxed: { qtdemux: read }, pads, buffers: {} };
  try {
    checkPresent(tracks, 0.9);
    checkDuration(tracks, of, end, 0.9);
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('what came out of an mp4 is held against its index', () => {
  const both = [track('video', 4), track('audio', 4)];
  const cases: Array<[what: string, code: string | undefined, wanted: string | undefined]> = [
    ['all came', code(both, 4, [video, audio]), undefined],
    ['its bytes end in the middle', code([track('video', 4, 1)], 4, [video]), 'MEDIA_TRUNCATED'],
    ['it was read to its end, and half was lost', code(both, 2, [video, audio], { read: 4 }), 'MEDIA_TRUNCATED'],
    ['the demuxer stopped in the middle without a word', code(both, 1.2, [video, audio]), 'MEDIA_TRUNCATED'],
    ['all came, and the last of it is shown for long', code([track('video', 4, 4, 2)], 2, [video], { read: 4 }), undefined],
    ['the end is missing, and more than one frame of it', code([track('video', 4, 4, 1)], 2, [video]), 'MEDIA_TRUNCATED'],
    ['a single picture was asked for', code(both, 0, [video], { of: graph('pngenc', { snapshot: true }) }), undefined],
    ['one picture was frozen', code(both, 0, [video], { of: graph('imagefreeze') }), undefined],
    ['only its sound was wanted, which is shorter', code([track('video', 12), track('audio', 1)], 1, [audio]), undefined],
    ['the shorter of two pictures was taken', code([track('video', 12), track('video', 1)], 1, [video]), undefined],
    [
      'a picture was decoded that nobody wanted',
      code([track('video', 12), track('audio', 1)], 1, [audio, pad('video/x-h264', false)]),
      undefined,
    ],
  ];
  it.each(cases)('%s', (_what, found, wanted) => expect(found).toBe(wanted));
});
