import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../lib/graph/model.ts';
import type { EndReport, PadReport } from '../../../lib/gst/protocol.ts';
import { checkFrames, checkUntimed } from '../../../lib/gst/verify.ts';

const graph: Graph = { nodes: [], links: [], source: undefined, outputs: [{ name: 'out', from: { node: 'mux' }, at: 0 }] };
const sink = 'gst-functions-sink-out';
const pad = (name: string, caps: string): PadReport => ({
  element: 'mux',
  factory: 'mp4mux',
  klass: 'Codec/Muxer',
  pad: name,
  direction: 'sink',
  top: true,
  caps,
});
const end = (buffers: EndReport['buffers'], pads: PadReport[] = []): EndReport => ({ positions: {}, demuxed: {}, pads, buffers });

describe('a success has at least one buffer in every stream of every output', () => {
  const video = pad('video_0', 'video/x-h264');
  const audio = pad('audio_0', 'audio/mpeg, mpegversion=(int)4');
  const text = pad('subtitle_0', 'text/x-raw');
  const cases: Array<[what: string, seen: Record<string, boolean>, pads: PadReport[], bytes: number, empty: string | undefined]> =
    [
      ['all came', { video_0: true, audio_0: true }, [video, audio], 100, undefined],
      ['no sound came', { video_0: true, audio_0: false }, [video, audio], 100, 'out (audio)'],
      ['nothing came', { video_0: false, audio_0: false }, [video, audio], 100, 'out (video, audio)'],
      ['nothing is known of it', { video_0: false }, [{ ...video, caps: undefined }], 100, 'out (video_0)'],
      ['nothing was written', { video_0: true }, [video], 0, 'out'],
      ['subtitles have nothing to say', { video_0: true, subtitle_0: false }, [video, text], 100, undefined],
    ];
  it.each(cases)('%s', (_what, seen, pads, bytes, empty) => {
    const check = () => checkFrames(graph, end({ mux: seen, [sink]: { sink: true } }, pads), { out: bytes });
    if (empty === undefined) expect(check).not.toThrow();
    else expect(check).toThrow(expect.objectContaining({ code: 'MEDIA_NO_FRAMES', details: { outputs: empty } }));
  });
});

describe('frames without a time are no film', () => {
  const parser = (caps: string): PadReport => ({
    ...pad('src', caps),
    element: 'p',
    klass: 'Codec/Parser/Video',
    direction: 'src',
  });
  const demuxer = { ...pad('video_0', 'video/x-h264'), element: 'd', klass: 'Codec/Demuxer', direction: 'src' as const };
  const untimed = parser('video/x-h264, width=(int)176, framerate=(fraction)0/1, parsed=(boolean)true');
  const muxer = pad('video_0', 'video/x-h264');
  const cases: Array<[what: string, pads: PadReport[], position: number, fails: boolean]> = [
    ['only the first has one', [untimed, muxer], 0, true],
    ['an element of the pipeline gave them times', [untimed, muxer], 0.4, false],
    ['the parser knows the frame rate', [parser('video/x-h264, framerate=(fraction)25/1'), muxer], 0, false],
    ['the container knows the times', [demuxer, untimed, muxer], 0, false],
    ['nothing is muxed', [untimed], 0, false],
  ];
  it.each(cases)('%s', (_what, pads, position, fails) => {
    const check = () => checkUntimed(graph, { ...end({}, pads), position }, ['out']);
    if (fails) expect(check).toThrow(expect.objectContaining({ code: 'MEDIA_UNTIMED', details: { outputs: 'out' } }));
    else expect(check).not.toThrow();
  });
});
