/** Which files of a directory output point to which, so that none is ever seen before what it points to. */
import { open } from 'node:fs/promises';

/** In the order in which files become visible. */
export const stages = ['segment', 'media playlist', 'master playlist'] as const;
export type Stage = (typeof stages)[number];

/** Tags of HLS (RFC 8216, 4.3.4) that only a master playlist has: they name other playlists. */
const masterTags = /^#EXT-X-(STREAM-INF|I-FRAME-STREAM-INF|MEDIA):/m;
const longestPlaylist = 4 * 1024 * 1024; // bytes that are looked through

/** By content, whatever the file is called; an MPEG-DASH manifest (`.mpd`) stands over segments and playlists alike. */
export async function stageOf(path: string): Promise<Stage> {
  if (path.endsWith('.mpd')) return 'master playlist';
  const file = await open(path);
  try {
    const head = Buffer.alloc('\ufeff#EXTM3U'.length * 3);
    await file.read(head, 0, head.length, 0);
    if (!/^\ufeff?#EXTM3U/.test(head.toString('utf8'))) return 'segment';
    const { size } = await file.stat();
    const text = Buffer.alloc(Math.min(size, longestPlaylist));
    await file.read(text, 0, text.length, 0);
    return masterTags.test(text.toString('utf8')) ? 'master playlist' : 'media playlist';
  } finally {
    await file.close();
  }
}
