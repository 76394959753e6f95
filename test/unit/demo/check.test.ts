import { describe, expect, it } from 'vitest';
import { checkOutput, type Decoded } from '../../../cli/demo/check.ts';

const video = { kind: 'video', codec: 'h264', frames: 300, duration: 10 };
const audio = { kind: 'audio', codec: 'aac', frames: 430, duration: 10.05 };
const right: Decoded = { container: 'mov,mp4,m4a,3gp,3g2,mj2', duration: 10.05, streams: [audio, video] };

describe('the output of the demo', () => {
  it('is right with one h264 and one aac stream of the length of the input', () => {
    expect(() => checkOutput(right, 10)).not.toThrow();
  });

  const wrong: Array<[name: string, change: Partial<Decoded>, told: RegExp]> = [
    ['another container', { container: 'matroska,webm' }, /matroska,webm, not MP4/],
    ['no audio', { streams: [video] }, /streams are h264, not/],
    ['no stream', { streams: [] }, /none/],
    ['two pictures', { streams: [audio, video, video] }, /aac, h264, h264/],
    ['too short', { duration: 9.8 }, /the output has 9.8 s/],
    ['a stream too long', { streams: [audio, { ...video, duration: 10.2 }] }, /h264 has 10.2 s/],
    ['no frame', { streams: [audio, { ...video, frames: 0 }] }, /h264 has no frame/],
  ];
  it.each(wrong)('is wrong: %s', (_name, change, told) => {
    expect(() => checkOutput({ ...right, ...change }, 10)).toThrow(told);
  });
});
