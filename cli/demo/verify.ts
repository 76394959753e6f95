/** What a media file holds, found by decoding all of it. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface DecodedStream {
  kind: string;
  codec: string;
  frames: number;
  /** Seconds. */
  duration: number;
  width?: number;
  height?: number;
  /** Samples a second. */
  rate?: number;
  channels?: number;
}

interface Probed {
  streams: Array<Record<string, string | number | undefined>>;
  format: { duration?: string; format_name: string };
}

/** Decodes the file from begin to end; rejects where that fails. */
export async function decode(path: string): Promise<{ container: string; duration: number; streams: DecodedStream[] }> {
  const { stdout } = await run('ffprobe', ['-v', 'error', '-count_frames', '-show_streams', '-show_format', '-of', 'json', path]);
  const { streams, format } = JSON.parse(stdout) as Probed;
  const duration = Number(format.duration ?? 0);
  return {
    container: format.format_name,
    duration,
    streams: streams.map((stream) => ({
      kind: String(stream.codec_type),
      codec: String(stream.codec_name),
      frames: Number(stream.nb_read_frames ?? 0),
      duration: Number(stream.duration ?? duration),
      width: stream.width === undefined ? undefined : Number(stream.width),
      height: stream.height === undefined ? undefined : Number(stream.height),
      rate: stream.sample_rate === undefined ? undefined : Number(stream.sample_rate),
      channels: stream.channels === undefined ? undefined : Number(stream.channels),
    })),
  };
}
