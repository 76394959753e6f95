import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { withReadOnlyDisk } from '../../support/small-disk.ts';

const path = (name: string) => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const main = path('cli/main.ts');
const longest = 60_000; // ms that a command may take

/** What the command says, with that text as its input; without a cluster. `before` are words before the command. */
async function command(args: string[], input = '', settings: NodeJS.ProcessEnv = {}, before: string[] = []) {
  const { KUBECONFIG: _, KUBERNETES_SERVICE_HOST: __, ...inherited } = process.env;
  const env = { ...inherited, HOME: '/nonexistent', ...settings };
  const [program = '', ...words] = [...before, process.execPath, main, ...args];
  const child = spawn(program, words, { stdio: 'pipe', env, timeout: longest, killSignal: 'SIGKILL' });
  child.stdin.end(input);
  const [out, err, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { out, err, status };
}

it('ends in order where whoever reads its output has enough', async () => {
  const child = spawn(process.execPath, [main, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  const [said, [status]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect([status, said]).toEqual([0, '']);
});

it('validate reads what is piped into it', async () => {
  const example = await readFile(path('examples/thumbnail.yaml'), 'utf8');
  expect(await command(['validate', '-'], example)).toMatchObject({ out: '1 Transform in 1 file: no fault\n', status: 0 });
  const { out, status } = await command(['validate', '-'], example.replace('kind: Transform', 'kind: Transfrom'));
  expect([out, status]).toEqual([expect.stringMatching(/^-:\d+:1 error kind no kind `Transfrom`/), 2]);
});

it.each([
  ['nothing', ''],
  ['comments alone', '---\n# Source: media/templates/transform.yaml\n---\n'],
])('validate fails where the command before it brought %s', async (_name, input) => {
  const { out, status } = await command(['validate', '-'], input);
  expect(out).toBe(
    '- error there is nothing in it, where a Transform is expected: see what the command before it said [no-transform]\n0 Transforms in 1 file: 1 error, 0 warnings\n',
  );
  expect(status).toBe(2);
});

it('validate only warns where resources of other kinds came in', async () => {
  const { out, status } = await command(['validate', '-'], 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n');
  expect(out).toContain('- warning there is no Transform here, but Secret [no-transform]\n');
  expect(status).toBe(0);
});

it('tells its version', async () => {
  const { version } = JSON.parse(await readFile(path('package.json'), 'utf8'));
  expect(await command(['--version'])).toEqual({ out: `${version}\n`, err: '', status: 0 });
});

it('convert takes the words of a command line, without quotes around all of it', async () => {
  const words = ['gst-launch-1.0', '-e', 'filesrc', 'location=my file.mkv', '!', 'decodebin', '!', 'textoverlay', 'text=no'];
  const { out } = await command(['convert', ...words, '!', 'video/x-raw, width=320', '!', 'jpegenc', '!', 'filesink']);
  expect(parse(out, { version: '1.1' })).toEqual({
    elements: [
      { name: 'decodebin' },
      { name: 'textoverlay', properties: { text: 'no' } },
      { name: 'capsfilter', properties: { caps: 'video/x-raw, width=320' } },
      { name: 'jpegenc' },
    ],
  });
});

it('convert takes a pipeline in quotes behind options, and says which it does not know', async () => {
  const plain = await command(['convert', 'gst-launch-1.0', '-e', 'decodebin ! textoverlay text=a ! jpegenc']);
  expect(plain).toEqual({ ...(await command(['convert', 'decodebin ! textoverlay text=a ! jpegenc'])), status: 0 });
  const { err, status } = await command(['convert', 'decodebin ! jpegenc', '--jsn']);
  expect([err, status]).toEqual([expect.stringContaining('`--jsn` is an option of a command'), 2]);
});

it('convert reads what is piped into it', async () => {
  const { out, status } = await command(['convert', '-'], 'decodebin ! jpegenc\n');
  expect([out, status]).toEqual(['elements:\n  - name: decodebin\n  - name: jpegenc\n', 0]);
});

it('graph draws what the name of its output says', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gst-graph-'));
  const begins: Array<[name: string, bytes: string]> = [
    ['a.PNG', '\x89PNG'],
    ['a.jpeg', '\xff\xd8\xff'],
    ['a.dot', 'digraph'],
    ['a.sh', 'gst-launch-1.0'],
  ];
  for (const [name, bytes] of begins) {
    await command(['graph', path('examples/thumbnail.yaml'), '-o', join(folder, name)]);
    expect((await readFile(join(folder, name), 'latin1')).startsWith(bytes), name).toBe(true);
  }
  await rm(folder, { recursive: true });
});

it('with --json says as an object what is wrong with its arguments', async () => {
  const { out, status } = await command(['run', 'one.yaml', '--json']);
  expect([JSON.parse(out), status]).toEqual([{ error: { message: "missing required argument 'input'" } }, 2]);
});

it('catalogue leaves nothing beside a place that it cannot write to', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gst-catalogue-'));
  const place = join(folder, 'place');
  await mkdir(place);
  const { err, status } = await command(['catalogue', '-o', place], '', { XDG_CACHE_HOME: join(folder, 'cache') });
  const left = (await readdir(folder)).filter((name) => name !== 'cache');
  await rm(folder, { recursive: true });
  expect([err, status, left]).toEqual([`error: ${place}: it is a folder\n`, 2, ['place']]);
});

it('run says of a folder that can only be read what it is, whether the outputs would be in it or in one below', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gst-read-only-'));
  try {
    const disk = withReadOnlyDisk(folder);
    // who may mount nothing is not root, whom its mode would not stop
    if (disk === undefined) await chmod(folder, 0o555);
    const why = disk ? 'it lies on what can only be read' : 'it may not be used by this user';
    for (const [output, place] of [
      ['out', 'out'],
      ['a/b', 'a'],
      ['', '.scratch-'],
    ] as const) {
      const args = ['run', path('examples/thumbnail.yaml'), main, '-o', join(folder, output)];
      const { err, status } = await command(args, '', {}, disk);
      expect([err, status]).toEqual([expect.stringContaining(why), 2]);
      expect(err).toContain(`error: ${join(folder, place)}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

describe('says in one line what is wrong with what it was given, and ends with 2:', () => {
  const example = path('examples/thumbnail.yaml');
  it.each([
    ['a folder that is not there', ['graph', example, '-o', '/nonexistent/x'], '/nonexistent/x: there is no such file or folder'],
    ['a folder in place of a film', ['run', example, '/tmp'], '/tmp is a folder: one media file is run at a time'],
    [
      'a name that no Transform has',
      ['graph', example, '--name', 'thumbnial'],
      'no Transform thumbnial, but thumbnail; did you mean',
    ],
    ['a file in place of a folder', ['run', example, main, '-o', main], `${main}: it is no folder`],
    ['a place where no folder can be', ['run', example, main, '-o', '/proc/x/out'], '/proc/x: no folder can be made there'],
    ['a device in place of a film', ['run', example, '/dev/null'], '/dev/null is a device or a pipe'],
    ['a port that is none', ['serve', 'transcode', '--port', 'abc'], '--port is a number from 0 to 65535; found "abc"'],
    ['no port at all', ['serve', 'source', '--port', ''], '--port is a number from 0 to 65535; found ""'],
    ['the two in the other order', ['run', main, example], `the Transform comes first: run ${example} ${main}`],
    ['no media file at all', ['run', example, ''], 'the name of the media file is empty'],
    ['no folder at all', ['run', example, main, '-o', ''], '--output names no folder'],
    ['a URL in place of a film', ['run', example, 'http://127.0.0.1/a.mkv'], 'http://127.0.0.1/a.mkv is a URL'],
    ['what is piped in, in place of a film', ['run', example, '-'], 'run does not read standard input'],
    [
      'a format that is none',
      ['graph', example, '--format', 'SVG'],
      'there is no format SVG: launch, dot, svg, png, jpg; did you',
    ],
    ['a file in place of text', ['convert', example], `${example} is a file: convert takes the pipeline itself`],
    ['no cluster', ['retry', 'job'], 'no cluster is known here: set KUBECONFIG'],
    ['a configuration that is none', ['retry', 'job'], `${main} is no configuration of kubectl`, { KUBECONFIG: main }],
    ['one that names no cluster', ['retry', 'job'], `${example} names no cluster`, { KUBECONFIG: example }],
    ['a catalogue that is none', ['validate', example], `the catalogue of elements ${example}`, { GST_CATALOGUE: example }],
    [
      'a catalogue that is none, of launch text',
      ['convert', 'decodebin ! x264enc'],
      'the catalogue of elements /nowhere',
      { GST_CATALOGUE: '/nowhere' },
    ],
  ])('%s', async (_name, args, message, settings: NodeJS.ProcessEnv = {}) => {
    const { out, err, status } = await command(args, '', settings);
    expect([out, err.trim().split('\n').length, status]).toEqual(['', 1, 2]);
    expect(err).toContain(`error: `);
    expect(err).toContain(message);
  });
});
