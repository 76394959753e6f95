/** The demo's own media: a test picture and a tone, made by GStreamer. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const clip = { seconds: 10, width: 640, height: 360, framerate: 30, rate: 44_100 };

/** Writes a Matroska file with a VP8 and a Vorbis stream of `clip.seconds`. */
export async function makeClip(path: string): Promise<void> {
  const { seconds, width, height, framerate, rate } = clip;
  const samples = rate / 100; // a buffer of 10 ms, so that the stream ends on the second
  await run('gst-launch-1.0', [
    '-q',
    ...`matroskamux name=mux ! filesink location=${JSON.stringify(path)}`.split(' '),
    ...`videotestsrc pattern=ball animation-mode=frames num-buffers=${seconds * framerate} ! video/x-raw,width=${width},height=${height},framerate=${framerate}/1`.split(
      ' ',
    ),
    ...'! vp8enc deadline=1 cpu-used=8 target-bitrate=1500000 ! queue ! mux.'.split(' '),
    ...`audiotestsrc num-buffers=${seconds * 100} samplesperbuffer=${samples} wave=ticks ! audio/x-raw,rate=${rate},channels=2`.split(
      ' ',
    ),
    ...'! vorbisenc ! queue ! mux.'.split(' '),
  ]);
}
