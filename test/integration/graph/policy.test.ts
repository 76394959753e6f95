import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectFindings } from '../../../lib/finding.ts';
import { lintGraph, loadCatalogue, type PropertyValue } from '../../../lib/graph/index.ts';
import { until } from '../../support/until.ts';

const catalogue = loadCatalogue();
/** Longest time that a small pipeline takes to make its file, in milliseconds. */
const longest = 120_000;

/** What the policy says of one element, in a Transform whose output is a single file or a folder. */
function refused(factory: string, properties: Record<string, PropertyValue>, directory = false): string[] {
  const findings = collectFindings(() => undefined);
  const graph = { nodes: [{ id: 'a', factory, properties, at: 0 }], links: [], source: undefined, outputs: [] };
  lintGraph(graph, catalogue, { outlets: [{ name: 'out', directory }] }, findings);
  return findings.all.filter(({ rule }) => rule.startsWith('refused-')).map(({ rule }) => rule);
}

/** Whether plain GStreamer, given a few frames of video and these elements, makes a file of that name. */
async function writes(file: RegExp, ...elements: string[][]): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'policy-'));
  const line = ['videotestsrc', 'num-buffers=5', ...elements.flatMap((element) => ['!', ...element])];
  const child = spawn('gst-launch-1.0', ['-q', ...line], { cwd: folder, stdio: 'ignore' });
  const closed = once(child, 'close');
  const found = () => readdirSync(folder).some((name) => file.test(name));
  try {
    // some of these pipelines never end
    await until(() => found() || child.exitCode !== null, longest);
    return found();
  } finally {
    child.kill('SIGKILL');
    await closed;
    await rm(folder, { recursive: true, force: true });
  }
}

const text = (properties: Record<string, PropertyValue>) => Object.entries(properties).map(([name, value]) => `${name}=${value}`);
const lines = 'identity ! tee name=t ! identity t. ! filesink location=found';

describe('what would write a file past the outputs, in truth, is refused', () => {
  const cases: Array<[factory: string, properties: Record<string, string>, rule: string, before: string[][], after: string[][]]> =
    [
      ['multifilesink', { location: 'found' }, 'refused-element', [['jpegenc']], []],
      ['fpsdisplaysink', { 'video-sink': 'identity ! filesink location=found' }, 'refused-element', [], []],
      ['switchbin', { 'num-paths': '1', 'path0::element': lines }, 'refused-property', [], [['fakesink']]],
      ['x264enc', { 'option-string': 'dump-yuv=found' }, 'refused-property', [], [['fakesink']]],
      ['x264enc', { pass: 'pass1', 'multipass-cache-file': 'found' }, 'refused-property', [], [['fakesink']]],
      ['x265enc', { 'option-string': 'csv=found' }, 'refused-property', [], [['fakesink']]],
      ['mp4mux', { 'moov-recovery-file': 'found' }, 'refused-property', [['x264enc']], [['fakesink']]],
      [
        'encodebin',
        { profile: 'video/quicktime|element-properties,moov-recovery-file=found:video/x-h264' },
        'refused-property',
        [],
        [['fakesink']],
      ],
      ['avmux_hls', {}, 'refused-element', [['x264enc'], ['h264parse']], [['fakesink']]],
    ];
  it.each(cases)('%s %o', async (factory, properties, rule, before, after) => {
    const file = factory === 'avmux_hls' ? /\.ts$/ : /^found$/;
    expect(await writes(file, ...before, [factory, ...text(properties)], ...after)).toBe(true);
    expect(refused(factory, properties)).toEqual([rule]);
  });

  const folders: Array<[properties: Record<string, string>]> = [
    [{ location: 'part%d.mp4', muxer: 'mp4mux moov-recovery-file=found' }],
    [{ location: 'a.mp4', 'async-finalize': 'true', 'muxer-properties': 'properties,moov-recovery-file=found' }],
  ];
  it.each(folders)('splitmuxsink %o', async (properties) => {
    expect(await writes(/^found$/, ['x264enc'], ['h264parse'], ['splitmuxsink', ...text(properties)])).toBe(true);
    expect(refused('splitmuxsink', properties, true)).toEqual(['refused-property']);
    expect(refused('splitmuxsink', { location: 'part%d.mp4', muxer: 'mp4mux' }, true)).toEqual([]);
  });
});
