/** What to write in place of an element that is not there. */
import { meant } from '../../nearest.ts';
import type { Catalogue } from '../catalogue/index.ts';

/** Names of GStreamer 0.10, which many published pipelines still have. */
const renamed: ReadonlyArray<[was: RegExp, is: string]> = [
  [/^ffmpegcolorspace$/, 'videoconvert'],
  [/^ff(dec|enc|mux|demux)_/, 'av$1_'],
  [/^(\w+bin)2$/, '$1'],
  [/^gst(rtp\w+)$/, '$1'],
];

export function unknownHint(name: string, catalogue: Catalogue): string {
  const now = renamed.map(([was, is]) => name.replace(was, is)).find((other) => other !== name && catalogue.element(other));
  if (now !== undefined) return `; since GStreamer 1.0 it is \`${now}\``;
  return meant(name, catalogue.names());
}
