import { describe, expect, it } from 'vitest';
import { containerOf, kindsOf, parseCaps, streamOf } from '../../../lib/gst/caps.ts';
import { cpuTime } from '../../support/cpu-time.ts';

describe('caps in words', () => {
  const streams: Array<[caps: string, facts: object]> = [
    [
      'video/x-h264, stream-format=(string)avc, width=(int)1280, height=(int)720, framerate=(fraction)30000/1001',
      { kind: 'video', codec: 'h264', width: 1280, height: 720, framerate: '30000/1001' },
    ],
    ['video/x-h265, width=(int)8, height=(int)6, framerate=(fraction)0/1', { kind: 'video', codec: 'hevc', width: 8, height: 6 }],
    [
      'audio/mpeg, mpegversion=(int)4, rate=(int)44100, channels=(int)2',
      { kind: 'audio', codec: 'aac', channels: 2, rate: 44_100 },
    ],
    ['audio/mpeg, mpegversion=(int)1, layer=(int)3', { kind: 'audio', codec: 'mp3' }],
    ['video/mpeg, mpegversion=(int)2, systemstream=(boolean)false', { kind: 'video', codec: 'mpeg2video' }],
    [
      'audio/x-raw, format=(string)S16LE, rate=(int)8000, channels=(int)1',
      { kind: 'audio', codec: 'pcm_s16le', channels: 1, rate: 8000 },
    ],
    ['subpicture/x-pgs', { kind: 'subtitle', codec: 'pgs' }],
    ['application/x-something', { kind: 'other', codec: 'something' }],
  ];
  it.each(streams)('%s', (caps, facts) => expect(streamOf(caps)).toEqual(facts));

  const containers: Array<[caps: string, name: string | undefined]> = [
    ['video/quicktime, variant=(string)iso', 'mp4'],
    ['video/quicktime', 'quicktime'],
    ['video/x-matroska', 'matroska'],
    ['video/mpeg, systemstream=(boolean)true', 'mpegps'],
    ['video/x-h264', undefined],
  ];
  it.each(containers)('container of %s', (caps, name) => expect(containerOf(caps)).toBe(name));

  it('are read in no time, however long the buffers in them: a FLAC has its pictures there', () => {
    const caps = `audio/x-flac, rate=(int)8000, streamheader=(buffer)< ${'664c6143'.repeat(100_000)}, 84 >, channels=(int)1`;
    const begun = cpuTime();
    expect(streamOf(caps)).toEqual({ kind: 'audio', codec: 'flac', channels: 1, rate: 8000 });
    expect(cpuTime() - begun).toBeLessThan(1000);
  });

  it('quoted fields keep their commas, the first structure counts', () => {
    expect(parseCaps('a/b, text=(string)"x, \\"y\\"", n=(int)1; c/d, n=(int)2')).toEqual({
      type: 'a/b',
      fields: { text: 'x, "y"', n: '1' },
    });
  });

  it('several types are told by their kinds', () => {
    expect(kindsOf('audio/x-raw or audio/mpeg')).toBe('audio');
    expect(kindsOf('video/x-raw or audio/x-raw')).toBe('video or audio');
    expect(kindsOf('')).toBe('stream');
  });
});
