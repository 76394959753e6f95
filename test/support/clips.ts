/** Small media, made by GStreamer. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ClipOptions {
  seconds?: number;
  width?: number;
  height?: number;
  video?: boolean;
  audio?: boolean;
  /** Frames a second; default 15. */
  framerate?: number;
}

/** A Matroska file with MJPEG and Vorbis: quick to make and to read. */
export async function makeClip(
  folder: string,
  name: string,
  { seconds = 1, width = 160, height = 120, framerate = 15, video = true, audio = true }: ClipOptions = {},
): Promise<string> {
  const path = join(folder, name);
  const picture = `videotestsrc num-buffers=${seconds * framerate} ! video/x-raw,format=I420,width=${width},height=${height},framerate=${framerate}/1 ! jpegenc ! queue ! mux.`;
  const tone = `audiotestsrc num-buffers=${seconds * 100} samplesperbuffer=441 ! audio/x-raw,rate=44100,channels=2 ! vorbisenc ! queue ! mux.`;
  const mux = `matroskamux name=mux ! filesink location=${JSON.stringify(path)}`;
  await launch([mux, ...(video ? [picture] : []), ...(audio ? [tone] : [])].join(' '));
  return path;
}

/** Runs gst-launch-1.0 on the text; no property of it may hold a space. */
export async function launch(text: string): Promise<void> {
  await run('gst-launch-1.0', ['-q', ...text.split(' ')]);
}
