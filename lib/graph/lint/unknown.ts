/** What to write in place of an element that is not there. */
import { meant } from '../../nearest.ts';
import type { Catalogue } from '../catalogue/index.ts';
import { playing } from './policy/elements.ts';

/** Names of GStreamer 0.10, which many published pipelines still have. */
const renamed: ReadonlyArray<[was: RegExp, is: string]> = [
  [/^ffmpegcolorspace$/, 'videoconvert'],
  [/^ff(dec|enc|mux|demux)_/, 'av$1_'],
  [/^(\w+bin)2$/, '$1'],
  [/^gst(rtp\w+)$/, '$1'],
  [/^(?:mad|flump3dec)$/, 'mpg123audiodec'],
  [/^mp3parse$/, 'mpegaudioparse'],
  [/^lame$/, 'lamemp3enc'],
];

/** Of other machines, with other hardware or plugins: what does the same anywhere. */
const elsewhere: ReadonlyArray<[theirs: RegExp, ours: string]> = [
  [/^(?!av|x26|open)\w*h264\w*enc|enc_h264/, 'x264enc'],
  [/^(?!av|x26)\w*h265\w*enc|enc_h265|hevc\w*enc/, 'x265enc'],
  [/^(?!av|open)\w*h264\w*dec|dec_h264/, 'avdec_h264'],
  [/^(?!av)\w*h265\w*dec|dec_h265|hevc\w*dec/, 'avdec_h265'],
  [/^(?:nv|omx|v4l2|va|mpp|qsv|msdk|d3d1)\w*(vp[89])enc$/, '$1enc'],
  [/^(?:nv|omx|v4l2|va|mpp|qsv|msdk|d3d1)\w*jpeg(enc|dec)$/, 'jpeg$1'],
  [/^(?:nv|d3d1|gl|imx|msdk|v4l2|va)\w*(?:conv|convert|postproc|transform)$/, 'videoconvert'],
  [/^(?:faac|fdkaacenc|\w*aacenc)$/, 'voaacenc'],
  [/^\w*mp3enc$/, 'lamemp3enc'],
];
const plays = /(?:alsa|audio|fbdev|image|jack|kms|oss4?|pipewire|pulse|video|wayland)sink$/;

export function unknownHint(name: string, catalogue: Catalogue): string {
  const now = renamed.map(([was, is]) => name.replace(was, is)).find((other) => other !== name && catalogue.element(other));
  if (now !== undefined) return `; since GStreamer 1.0 it is \`${now}\``;
  const ours = elsewhere.flatMap(([theirs, one]) => {
    const found = theirs.exec(name);
    return found ? [one.replace('$1', found[1] ?? '')] : [];
  });
  const known = ours.find((other) => catalogue.element(other));
  if (known !== undefined) return `; \`${known}\` does the same here`;
  if (plays.test(name)) return `; it ${playing}`;
  return meant(name, catalogue.names());
}
