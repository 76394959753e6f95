/** Elements that reach out of their pipeline: to files, addresses, devices or an application. */
import type { Catalogue, ElementInfo } from '../../catalogue/index.ts';
import { rankedOff } from './ranked-off.ts';

/** Make data out of nothing: they open nothing. */
const generators = [
  'audiotestsrc',
  'dataurisrc',
  'dtmfsrc',
  'fakesrc',
  'flitetestsrc',
  'testsrcbin',
  'tonegeneratesrc',
  'videotestsrc',
];
/** Drop what they get. */
const drains = ['fakeaudiosink', 'fakesink', 'fakevideosink'];
/** Write files of names that are given to them. */
const fileSinks = ['dashsink', 'filesink', 'hlscmafsink', 'hlssink', 'hlssink2', 'hlssink3', 'multifilesink', 'splitmuxsink'];

export const isDrain = (name: string): boolean => drains.includes(name);

/** Of an element that is not in the catalogue its name alone tells. */
export const mayWriteFiles = (name: string, catalogue: Catalogue | undefined): boolean =>
  fileSinks.includes(name) || (/sink\d*$/.test(name) && !isDrain(name) && catalogue?.element(name) === undefined);

/** Between two others in a pipeline, and connected to a server. */
const connecting = ['festival'];
/** Muxers and demuxers of libav that open files or addresses themselves, past GStreamer. */
const ofLibav =
  /^av(de)?mux_(concat|dash|fifo|hds|hls|image2|imf|rtsp|rtp_mpegts|sap|sdp|segment|smoothstreaming|stream_segment|tee|webm_chunk)$/;

/** Of what ends in a screen or a loudspeaker: where a pipeline runs nobody looks and listens. */
export const playing = 'is for somebody who watches or listens: end in an encoder and a muxer in its place';

/** Why an element may not be used, and what to do instead; undefined, where it may. */
export function elementRefusal(info: ElementInfo, directory: boolean): string | undefined {
  const { name, klass, pads, uri } = info;
  const [sinkPads, sourcePads] = (['sink', 'src'] as const).map(
    (side) => pads.filter(({ direction }) => direction === side).length,
  );
  if (name === 'appsrc' || name === 'appsink')
    return `\`${name}\` needs an application around it: leave it out, input and output are linked for you`;
  if (rankedOff.includes(name) || /\bAdaptive\b/.test(klass)) {
    return `\`${name}\` opens whatever addresses its input names: transcode the media file itself, not a playlist of it`;
  }
  if (ofLibav.test(name))
    return `\`${name}\` opens files or addresses past GStreamer: take GStreamer's own element for that format`;
  if (connecting.includes(name) || /\b(WebRTC|SCTP)\b/.test(klass))
    return `\`${name}\` opens network connections, which no pipeline may`;
  if (sinkPads === 0 && !generators.includes(name) && !/\bMuxer\b/.test(klass)) {
    if (/\bPlayer\b/.test(klass))
      return `\`${name}\` is for somebody who watches or listens: begin with \`decodebin\`, and end in an encoder and a muxer`;
    if (sourcePads === 0 && uri === undefined) return `\`${name}\` (${klass}) has no pads: it is no part of a pipeline`;
    return `\`${name}\` (${klass}) fetches data of its own: leave it out, the object is fed to the first element for you`;
  }
  if (sourcePads === 0 && sinkPads !== 0 && !drains.includes(name)) {
    if (/^Sink\/(Audio|Video)/.test(klass)) return `\`${name}\` (${klass}) ${playing}`;
    if (!fileSinks.includes(name))
      return `\`${name}\` (${klass}) gives data away: leave it out, the last element feeds the output for you`;
    if (directory) return undefined;
    if (name === 'filesink')
      return '`filesink` writes a file of its own: leave it out, the last element feeds the output for you';
    return `\`${name}\` writes many files, for which the sink of the Transform must be a folder: let its key end in \`/\``;
  }
  if (uri === 'sink' && !fileSinks.includes(name))
    return `\`${name}\` (${klass}) writes to addresses: leave it out, the output is written for you`;
  return undefined;
}
