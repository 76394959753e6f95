/** The command itself, as a process: what it writes, what it says, and how it ends. */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decode } from '../../../cli/demo/verify.ts';
import { makeClip } from '../../support/clips.ts';
import { until } from '../../support/until.ts';

const root = new URL('../../../', import.meta.url).pathname;
const command = [join(root, 'cli/main.ts')];
const example = (name: string) => join(root, 'examples', `${name}.yaml`);
const broken = (name: string) => join(root, 'test/fixtures/broken', `${name}.yaml`);
const seed = (name: string) => join(root, 'test/fixtures/seed', `${name}.yaml`);

let folder: string;
let clip: string;
let silent: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gst-run-'));
  clip = await makeClip(folder, 'clip.mkv', { seconds: 2 });
  silent = await makeClip(folder, 'silent.mkv', { audio: false });
  const strict = (await readFile(example('video-splitter'), 'utf8')).replace('  pipeline:\n', '$&    onMissingStream: fail\n');
  await writeFile(join(folder, 'strict.yaml'), strict);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

function gstFunctions(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [...command, ...args], { cwd: folder }, (error, stdout, stderr) => {
      resolve({ status: error ? ((error.code as unknown as number) ?? null) : 0, stdout, stderr });
    });
  });
}

describe('gst-functions run', () => {
  it("runs the seed's mp4-converter unchanged, with the graphs that it asks for", async () => {
    const { status, stdout } = await gstFunctions('run', seed('mp4-converter'), clip, '-o', 'seed');
    expect(status).toBe(0);
    expect(stdout).toContain('seed/gst-processing/mp4/clip.mp4');
    expect(stdout).toContain('seed/gst-processing/debug/clip.mkv_debug/');
    const { streams } = await decode(join(folder, 'seed/gst-processing/mp4/clip.mp4'));
    expect(streams.map(({ kind, codec }) => `${kind} ${codec}`).sort()).toEqual(['audio aac', 'video h264']);
    const debug = join(folder, 'seed/gst-processing/debug/clip.mkv_debug');
    expect((await readdir(debug)).sort()).toEqual(['pipeline.dot', 'pipeline.png']);
  });

  it("runs the seed's video-splitter unchanged: an mp4 with video only, and an mp3", async () => {
    const { status, stdout } = await gstFunctions('run', seed('video-splitter'), clip, '-o', 'split', '--json');
    expect(status).toBe(0);
    const { outputs } = JSON.parse(stdout) as { outputs: Array<{ name: string; path: string }> };
    expect(outputs.map(({ name }) => name)).toEqual(['video', 'audio']);
    const [video, audio] = await Promise.all(outputs.map(({ path }) => decode(path)));
    expect(video?.streams.map(({ codec }) => codec)).toEqual(['h264']);
    expect(audio?.streams.map(({ codec }) => codec)).toEqual(['mp3']);
  });

  it('tells of a stream that the input lacks, and goes on', async () => {
    const { status, stdout } = await gstFunctions('run', example('mp4-converter'), silent, '-o', 'silent');
    expect(status).toBe(0);
    expect(stdout).toContain('the input has video only');
  });

  it('prints one JSON object, and nothing beside it', async () => {
    const { status, stdout, stderr } = await gstFunctions('run', example('audio-opus'), clip, '-o', 'json', '--json');
    expect(status).toBe(0);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({
      transform: { kind: 'Transform', namespace: 'default', name: 'audio-opus' },
      input: clip,
      outputs: [{ name: 'out', bucket: 'gst-processing', key: 'opus/clip.mkv.opus', contentType: 'audio/ogg' }],
      skippedStreams: [],
      skippedOutputs: [],
      warnings: [],
    });
  });

  it('runs again over outputs that are there', async () => {
    for (const _ of [1, 2]) expect((await gstFunctions('run', example('audio-mp3'), clip, '-o', 'again')).status).toBe(0);
    expect(existsSync(join(folder, 'again/gst-processing/mp3/clip.mkv.mp3'))).toBe(true);
  });

  const faults: Array<[name: string, args: () => string[], status: number, told: RegExp]> = [
    [
      'a Transform at fault',
      () => ['run', broken('element-unknown'), clip],
      2,
      /element-unknown\.yaml:32:\d+ error .*x246enc.*did you mean `x264enc`/,
    ],
    ['a file that is no Transform', () => ['run', join(root, 'package.json'), clip], 2, /./],
    ['a Transform that is not there', () => ['run', 'none.yaml', clip], 2, /no such file/],
    ['an input that is not there', () => ['run', example('audio-mp3'), 'none.mkv'], 2, /there is no file none\.mkv/],
    ['an input that is no media', () => ['run', example('audio-mp3'), example('audio-mp3')], 2, /code: MEDIA_/],
    [
      'a stream that is not there, where that is to fail',
      () => ['run', join(folder, 'strict.yaml'), silent],
      2,
      /code: MISSING_STREAM/,
    ],
    ['an option that does not exist', () => ['run', '--fast', example('audio-mp3'), clip], 2, /unknown option/],
  ];
  it.each(faults)('ends with its status and says why, for %s', async (_name, args, status, told) => {
    const ended = await gstFunctions(...args(), '-o', 'faults');
    expect(ended.stderr).toMatch(told);
    expect(ended.status).toBe(status);
    const left = existsSync(join(folder, 'faults')) ? await readdir(join(folder, 'faults')) : [];
    expect(left.filter((name) => name.startsWith('.scratch'))).toEqual([]);
  });

  it('tells a fault as JSON too: of the run, and of the Transform with each place', async () => {
    const run = await gstFunctions('run', example('audio-mp3'), example('audio-mp3'), '-o', 'faults', '--json');
    expect(JSON.parse(run.stdout)).toMatchObject({ error: { class: 'permanent', code: expect.stringMatching(/^MEDIA_/) } });
    const transform = await gstFunctions('run', broken('element-unknown'), clip, '--json');
    expect(JSON.parse(transform.stdout)).toMatchObject({ error: { findings: [{ rule: 'unknown-element', line: 32 }] } });
    expect(transform.status).toBe(2);
  });

  it('stops at Ctrl-C with status 130, and leaves nothing', async () => {
    const long = await makeClip(folder, 'long.mkv', { seconds: 60, width: 640, height: 360, framerate: 30 });
    const output = join(folder, 'stopped');
    const child = spawn(process.execPath, [...command, 'run', example('webm'), long, '-o', output], { cwd: folder });
    let said = '';
    child.stderr.on('data', (data) => {
      said += data;
    });
    const ended = new Promise<number | null>((resolve) => {
      child.once('exit', resolve);
    });
    await until(() => said.includes('%'));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(said).toContain('stopped');
    expect((await readdir(output, { recursive: true })).filter((name) => /webm|scratch/.test(name))).toEqual([]);
  });
});

describe('gst-functions validate', () => {
  it.each([
    ['the examples', [join(root, 'examples')], 0, /^\d+ Transforms in \d+ files: no fault\n$/],
    [
      'a warning only',
      [broken('output-ambiguous')],
      0,
      /warning .*OUTPUT_COLLISION.*\n1 Transform in 1 file: 0 errors, 1 warning\n$/,
    ],
    [
      'an error',
      [broken('bucket-upper-case')],
      2,
      /:11:7 error spec\.globals\.minio\.bucket .*\[bucket-invalid\]\n.*1 error, 0 warnings\n$/,
    ],
    ['what is not there', ['nowhere'], 2, /no such file or folder/],
  ])('of %s', async (_name, paths, status, told) => {
    const ended = await gstFunctions('validate', ...paths);
    expect(ended.stdout).toMatch(told);
    expect(ended.status).toBe(status);
  });

  it('prints one JSON object', async () => {
    const { stdout, status } = await gstFunctions('validate', '--json', broken('many-faults'), broken('ring'));
    expect(status).toBe(2);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ valid: false, files: 2, transforms: 3, warnings: 2 });
    expect(report.findings).toHaveLength(report.errors + report.warnings);
  });
});
