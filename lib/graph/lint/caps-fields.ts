/** Names of fields in caps that look like a slip of the hand: GStreamer carries any field along, and nobody acts on it. */
import { nearestName } from '../../nearest.ts';
import type { Caps } from '../caps/index.ts';

const known = [
  ...['format', 'width', 'height', 'framerate', 'max-framerate', 'pixel-aspect-ratio', 'interlace-mode', 'field-order'],
  ...['colorimetry', 'chroma-site', 'multiview-mode', 'multiview-flags', 'views', 'texture-target'],
  ...['rate', 'channels', 'channel-mask', 'layout', 'depth', 'signed', 'endianness', 'block_align', 'bitrate'],
  ...['profile', 'level', 'tier', 'base-profile', 'stream-format', 'alignment', 'parsed', 'framed', 'codec_data', 'variant'],
  ...['mpegversion', 'mpegaudioversion', 'mpegvideoversion', 'systemstream', 'packetsize', 'streamheader', 'version', 'draft'],
];

/** Fields that are probably meant to be others, with these. */
export function misspeltFields(caps: Caps): Array<{ field: string; meant: string }> {
  if (caps === 'ANY') return [];
  const fields = new Set(caps.flatMap((structure) => [...structure.fields.keys()]));
  return [...fields].flatMap((field) => {
    const nearest = known.includes(field) ? undefined : nearestName(field, known);
    return nearest === undefined ? [] : [{ field, meant: nearest }];
  });
}
