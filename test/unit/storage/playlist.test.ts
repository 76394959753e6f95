import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stageOf } from '../../../lib/storage/playlist.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gst-playlist-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('stageOf', () => {
  const cases: Array<[name: string, content: string, stage: string]> = [
    ['index.m3u8', '#EXTM3U\n#EXTINF:2,\n0.ts\n', 'media playlist'],
    ['master.m3u8', '#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhd.m3u8\n', 'master playlist'],
    ['audio-only.m3u8', '#EXTM3U\r\n#EXT-X-MEDIA:TYPE=AUDIO,URI="a.m3u8"\r\n', 'master playlist'],
    ['sequence.m3u8', '#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:2,\n0.ts\n', 'media playlist'],
    ['unnamed', '\ufeff#EXTM3U\n#EXTINF:2,\n0.ts\n', 'media playlist'],
    ['manifest.mpd', '<MPD/>', 'master playlist'],
    ['0.ts', 'Gbytes', 'segment'],
    ['about.txt', 'see #EXTM3U', 'segment'],
    ['empty.m3u8', '', 'segment'],
  ];
  it.each(cases)('knows %s by its content', async (name, content, stage) => {
    const path = join(folder, name);
    await writeFile(path, content);
    expect(await stageOf(path)).toBe(stage);
  });
});
