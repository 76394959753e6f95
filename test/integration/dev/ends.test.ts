import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeTransform } from '../../support/dev.ts';
import { mp4Converter } from '../../support/pipelines.ts';
import { type ProcessInfo, processTree, stillThere } from '../../support/process-tree.ts';
import { until } from '../../support/until.ts';

const startTimeout = 120_000; // ms until all is up
const command = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url));
const demo = fileURLToPath(new URL('../../../cli/demo/main.ts', import.meta.url));
let folder: string;
let temporary: string;
let child: ChildProcess | undefined;
let output: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gst-ends-'));
  temporary = await mkdtemp(join(tmpdir(), 'gst-ends-tmp-'));
  const transform = {
    name: 'mp4',
    bucket: 'media',
    prefix: 'in/',
    sink: { key: 'out/{{ .SrcName }}.mp4' },
    elements: mp4Converter,
  };
  await writeTransform(folder, transform);
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
  await rm(temporary, { recursive: true, force: true });
});

const start = (args: string[], env: NodeJS.ProcessEnv = {}) =>
  startNode([command, 'dev', '--transforms', folder, '--endpoint-alias', '127.0.0.1:9000', '--workers', '1', ...args], env);

function startNode(args: string[], env: NodeJS.ProcessEnv = {}) {
  output = '';
  const started = spawn(process.execPath, args, { env: { ...process.env, TMPDIR: temporary, ...env } });
  for (const stream of [started.stdout, started.stderr]) stream.on('data', (chunk) => (output += chunk));
  child = started;
  const ended = new Promise<number | null>((resolve) => started.once('exit', resolve));
  return { pid: started.pid ?? 0, ended };
}

/** All that it started, once all of it is there. */
async function up({ pid, ended }: ReturnType<typeof start>): Promise<ProcessInfo[]> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  await until(() => over || output.includes('drop files at'), startTimeout);
  if (over) throw new Error(`it has ended:\n${output}`);
  const functions = ['source', 'dispatcher', 'recorder', 'transcode', 'dashboard'];
  // the last is the spare child of transcode
  const wanted = [...functions.map((name) => new RegExp(`serve ${name}`)), /minio server/, /gst\/child\/main/];
  let tree: ProcessInfo[] = [];
  await until(async () => {
    tree = await processTree(pid);
    return wanted.every((one) => tree.some((found) => one.test(found.command)));
  }, startTimeout);
  return tree;
}

describe('gst-functions dev', () => {
  it.each(['SIGINT', 'SIGHUP'] as const)('ends all that it started, and nothing else, on %s', async (signal) => {
    const bystander = spawn('sleep', ['60'], { stdio: 'ignore' });
    try {
      const started = start(['--minio-port', '0']);
      const { pid, ended } = started;
      const tree = await up(started);
      expect(await stillThere(tree)).toHaveLength(tree.length);
      const page = /dashboard +(http:\S+)#token=\S+/.exec(output)?.[1] ?? '';
      expect((await fetch(page)).status).toBe(200);
      expect(await readdir(temporary)).toHaveLength(1);
      process.kill(pid, signal);
      expect(await ended).toBe(0);
      expect(await stillThere(tree)).toEqual([]);
      expect(await readdir(temporary)).toEqual([]);
      expect(await stillThere(await processTree(bystander.pid ?? 0))).toHaveLength(1);
    } finally {
      bystander.kill();
    }
  });

  it('leaves no process when it is killed', async () => {
    const started = start(['--minio-port', '0']);
    const tree = await up(started);
    process.kill(started.pid, 'SIGKILL');
    await until(async () => (await stillThere(tree)).length === 0);
  });

  it('leaves nothing when a function does not start, and says why', async () => {
    const { pid, ended } = start(['--minio-port', '0'], { MAX_TIMEOUT: 'long' });
    let seen: ProcessInfo[] = [];
    await until(async () => {
      seen = await processTree(pid);
      return [/serve source/, /minio server/].every((one) => seen.some(({ command: found }) => one.test(found)));
    }, startTimeout);
    expect(await ended).toBe(1);
    expect(output).toContain('MAX_TIMEOUT must be a whole number');
    expect(await stillThere(seen)).toEqual([]);
    expect(await readdir(temporary)).toEqual([]);
  });

  it('leaves nothing when its port is taken, and says so', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    try {
      const { port } = holder.address() as AddressInfo;
      const { ended } = start(['--minio-port', String(port)]);
      expect(await ended).toBe(2);
      expect(output).toMatch(new RegExp(`port ${port} is taken by another process: .*--minio-port, with --endpoint-alias`));
      expect(await readdir(temporary)).toEqual([]);
    } finally {
      holder.close();
    }
  });

  it('takes no folder that another one has', async () => {
    const broker = createServer().listen(0, '127.0.0.1');
    await once(broker, 'listening');
    try {
      const { port } = broker.address() as AddressInfo;
      await writeFile(join(temporary, 'settings.env'), `K_SINK="http://127.0.0.1:${port}/"\n`);
      const { ended } = start(['--minio-port', '0', '--data', temporary]);
      expect(await ended).toBe(2);
      expect(output).toContain(`another gst-functions dev runs with --data ${temporary}`);
      expect(await readdir(temporary)).toEqual(['settings.env']);
    } finally {
      broker.close();
    }
  });

  it('leaves nothing when there is no MinIO, and says what to do', async () => {
    const { ended } = start(['--minio-port', '0'], { PATH: '/nowhere', GST_FUNCTIONS_CACHE: folder });
    expect(await ended).toBe(2);
    expect(output).toContain('npm run setup');
    expect(await readdir(temporary)).toEqual([]);
  });

  it('leaves nothing when it is ended while it starts', async () => {
    const { pid, ended } = start(['--minio-port', '0']);
    let seen: ProcessInfo[] = [];
    await until(async () => {
      seen = await processTree(pid);
      return seen.some(({ command: one }) => /serve source/.test(one));
    }, startTimeout);
    process.kill(pid, 'SIGINT');
    await ended;
    expect(await stillThere(seen)).toEqual([]);
    expect(await readdir(temporary)).toEqual([]);
  });

  const wrong: Array<[name: string, args: string[], told: string]> = [
    ['a folder that is not there', ['--transforms', '/no/such/folder'], 'there is no folder'],
    ['a file in place of a folder', ['--transforms', command], 'there is no folder'],
    ['a part of a port', ['--minio-port', '9000.5'], '--minio-port is a whole number'],
    ['a port that is none', ['--minio-port', 'x'], '--minio-port is a number'],
    ['a place where no folder can be', ['--minio-port', '0', '--data', '/proc/x'], '/proc/x: no folder can be made there'],
    ['an alias with a scheme', ['--endpoint-alias', 'http://minio:9000'], '--endpoint-alias is an address'],
    ['no folder at all', ['--transforms', ''], '--transforms names no folder'],
    ['no data folder at all', ['--data', ''], '--data names no folder'],
    ['a file as its data folder', ['--minio-port', '0', '--data', command], `${command}: it is no folder`],
    ['no worker', ['--workers', '0'], '--workers is a number'],
  ];
  it.each([
    ['a key that is too short', { MINIO_ACCESS_KEY: 'ab' }, 'MINIO_ACCESS_KEY has 3 characters or more'],
    ['a secret that is too short', { MINIO_SECRET_KEY: 'short' }, 'MINIO_SECRET_KEY has 8 characters or more'],
    ['a level that is none', { LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of trace, debug,'],
  ])('says what is wrong with its settings: %s', async (_name, env, told) => {
    const { ended } = start(['--minio-port', '0'], env);
    expect(await ended).toBe(2);
    expect(output).toContain(told);
    expect(await readdir(temporary)).toEqual([]);
  });
  it.each(wrong)('says what is wrong with its arguments: %s', async (_name, args, told) => {
    const { ended } = start(args);
    expect(await ended).toBe(2);
    expect(output).toContain(told);
  });
});

describe('npm run demo', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends all that it started on %s, with status %i', async (signal, status) => {
    const { pid, ended } = startNode([demo]);
    let seen: ProcessInfo[] = [];
    await until(async () => {
      seen = await processTree(pid);
      return [/serve source/, /minio server/].every((one) => seen.some(({ command: found }) => one.test(found)));
    }, startTimeout);
    process.kill(pid, signal);
    expect(await ended).toBe(status);
    expect(output).toContain('ended before the output was there\n');
    expect(await stillThere(seen)).toEqual([]);
    expect((await readdir(temporary)).filter((name) => name.startsWith('gst-dev-'))).toEqual([]);
  });
});

describe('gst-functions serve', () => {
  it('names the functions that there are', async () => {
    const started = spawn(process.execPath, [command, 'serve', 'transcoder']);
    child = started;
    let said = '';
    started.stderr.on('data', (chunk) => (said += chunk));
    expect(await new Promise((resolve) => started.once('close', resolve))).toBe(2);
    expect(said).toContain('did you mean `transcode`?');
    expect(said).toContain('no function "transcoder", but source, dispatcher, transcode, recorder, ');
  });
});
