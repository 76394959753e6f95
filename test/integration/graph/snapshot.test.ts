import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { collectFindings } from '../../../lib/finding.ts';
import { graphFromLaunch, lintGraph, loadCatalogue } from '../../../lib/graph/index.ts';

const run = promisify(execFile);
const catalogue = loadCatalogue();
const source = 'videotestsrc num-buffers=30 ! video/x-raw,width=64,height=64,framerate=15/1';

/** How many pictures plain GStreamer writes into one file. */
async function pictures(text: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'snapshot-'));
  try {
    await run('gst-launch-1.0', ['-q', ...`${text} ! filesink location=found`.split(' ')], { cwd: folder });
    return (await readFile(join(folder, 'found'), 'latin1')).split('IHDR').length - 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isWarnedOf(text: string): boolean {
  const outlets = [{ name: 'out', directory: false }];
  const findings = collectFindings(() => undefined);
  const graph = graphFromLaunch(text, { outlets, catalogue }, findings);
  lintGraph(graph, catalogue, { outlets }, findings);
  return findings.all.some(({ rule }) => rule === 'snapshot-several');
}

const cases: Array<[several: boolean, pipeline: string]> = [
  [true, `${source} ! x264enc ! decodebin ! videoconvert`],
  [true, `${source} ! x264enc ! avdec_h264 ! videoconvert`],
  [true, `${source} ! vp9enc deadline=1 cpu-used=8 ! vp9dec ! videoconvert`],
  [true, `${source} ! videorate ! video/x-raw,framerate=5/1`],
  [true, `${source} ! deinterlace mode=interlaced ! videoconvert`],
  [false, source],
  [false, `${source} ! videoconvert ! videoscale`],
  [false, `${source} ! vp8enc ! vp8dec ! videoconvert`],
  [false, `${source} ! theoraenc ! theoradec ! videoconvert`],
  [false, `${source} ! av1enc cpu-used=8 ! av1dec ! videoconvert`],
  [false, `${source} ! jpegenc ! jpegdec ! videoconvert`],
  [false, `${source} ! x264enc ! decodebin ! imagefreeze num-buffers=1 ! videoconvert`],
];

it.each(cases)(
  'of several pictures by snapshot it is warned where plain GStreamer makes them (%s): %s',
  async (several, pipeline) => {
    const text = `${pipeline} ! pngenc snapshot=true`;
    expect(await pictures(text), 'pictures in the file')[several ? 'toBeGreaterThan' : 'toBe'](1);
    expect(isWarnedOf(text)).toBe(several);
  },
);
