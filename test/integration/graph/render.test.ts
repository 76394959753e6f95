/** What GStreamer itself says of a running pipeline, far larger than a planned graph, can be drawn. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { renderDot } from '../../../lib/graph/render.ts';
import { makeClip } from '../../support/clips.ts';

let folder: string;
let dump: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gst-render-'));
  const clip = await makeClip(folder, 'clip.mkv');
  const text = `filesrc location=${clip} ! decodebin name=d ! queue ! videoconvert ! fakesink d. ! queue ! audioconvert ! fakesink`;
  const env = { ...process.env, GST_DEBUG_DUMP_DOT_DIR: folder };
  await promisify(execFile)('gst-launch-1.0', ['-q', ...text.split(' ')], { env });
  const name = (await readdir(folder)).find((file) => file.endsWith('PAUSED_PLAYING.dot'));
  dump = await readFile(join(folder, name ?? ''), 'utf8');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each(['svg', 'png', 'jpg'] as const)('draws what GStreamer dumps as %s', async (format) => {
  expect(dump.length).toBeGreaterThan(10_000);
  const picture = Buffer.from(await renderDot(dump, format));
  if (format === 'svg')
    for (const word of ['GstDecodeBin', 'GstMatroskaDemux', 'GstVideoConvert']) expect(picture.toString()).toContain(word);
  else expect(picture.length).toBeGreaterThan(50_000);
});
