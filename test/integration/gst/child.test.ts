/** The life of child processes: none outlives its use, none costs more than one run. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeClip } from '../../support/clips.ts';
import { chain, childrenOf, type EngineBench, lives, startEngineBench } from '../../support/engine.ts';
import { until } from '../../support/until.ts';

let bench: EngineBench;
let source: { kind: 'file'; path: string };
const endless = chain('jpegdec', 'imagefreeze', 'jpegenc', 'avimux');

beforeAll(async () => {
  bench = await startEngineBench();
  const clip = await makeClip(bench.folder, 'clip.mkv', { audio: false });
  source = { kind: 'file', path: clip };
});
afterAll(() => bench?.close());

const decoded = chain('matroskademux', 'jpegdec', 'videoconvert', 'jpegenc', 'matroskamux');
const frozen = chain('matroskademux', ...endless.nodes.map(({ factory }) => factory));

describe('a child process', () => {
  it('serves one run, and the next one waits loaded: two runs have two processes', async () => {
    await bench.engine.warm();
    const [first] = await childrenOf(process.pid);
    const { outputs } = await bench.run(decoded, source);
    expect(outputs.out?.bytes).toBeGreaterThan(1000);
    expect(await lives(first as number)).toBe(false);
    await bench.engine.warm();
    const [second] = await childrenOf(process.pid);
    expect(second).not.toBe(first);
  });

  it('is not made while a large source is at work, but when its job has ended', async () => {
    await bench.engine.warm();
    await bench.run(decoded, source, { sourceSize: 64 * 1024 * 1024 });
    expect(await childrenOf(process.pid)).toEqual([]);
    bench.engine.reserve();
    await until(async () => (await childrenOf(process.pid)).length === 1);
  });

  /** What the spare child has loaded. */
  const maps = async () => {
    const [child] = await childrenOf(process.pid);
    return readFile(`/proc/${child}/maps`, 'latin1');
  };

  it('loads the plugins of a graph beforehand, while it waits', async () => {
    await bench.engine.warm();
    expect(await maps()).not.toContain('libgstspeed');
    bench.engine.prepare(['matroskademux', 'speed', 'matroskamux']);
    await until(async () => (await maps()).includes('libgstspeed'));
  });

  it('loads the decoders of libav for a graph that looks for decoders, and for no other', async () => {
    await bench.close();
    bench = await startEngineBench(); // one that remembers no run
    source = { kind: 'file', path: await makeClip(bench.folder, 'clip.mkv', { audio: false }) };
    await bench.engine.warm();
    for (const [factory, library] of [
      ['speed', 'libgstspeed'],
      ['flacenc', 'libgstflac'], // what the first one brings comes before it
    ] as const) {
      bench.engine.prepare([factory]);
      await until(async () => (await maps()).includes(library));
    }
    expect(await maps()).not.toContain('libgstlibav');
    bench.engine.prepare(['decodebin']);
    await until(async () => (await maps()).includes('libgstlibav'));
  });

  it('that is killed costs its own run: CHILD_CRASHED, to be tried again; the next run is fine', async () => {
    const playing = Promise.withResolvers<void>();
    const run = bench.run(frozen, source, { observer: { onPlaying: () => playing.resolve() } });
    run.catch(() => {});
    await playing.promise;
    for (const child of await childrenOf(process.pid)) process.kill(child, 'SIGKILL');
    await expect(run).rejects.toMatchObject({ code: 'CHILD_CRASHED', class: 'transient' });
    await expect(bench.run(decoded, source)).resolves.toMatchObject({ skippedOutputs: [] });
  });

  it('is gone when its run is cancelled, and the reason is what the run fails with', async () => {
    const cancel = new AbortController();
    const run = bench.run(frozen, source, {
      signal: cancel.signal,
      observer: { onPlaying: () => cancel.abort(new Error('enough')) },
    });
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED', message: expect.stringContaining('enough') });
    await bench.engine.warm();
    await until(async () => (await childrenOf(process.pid)).length === 1);
  });

  it('is gone when the engine is closed, the spare one too', async () => {
    const other = await startEngineBench();
    const before = new Set(await childrenOf(process.pid));
    await other.engine.warm();
    const spare = (await childrenOf(process.pid)).filter((pid) => !before.has(pid));
    expect(spare.length).toBeGreaterThan(0);
    await other.close();
    for (const pid of spare) expect(await lives(pid)).toBe(false);
    await expect(other.run(decoded, source)).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  });

  it('never outlives its parent, even one that is killed while a pipeline plays', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gst-parent-'));
    const engine = fileURLToPath(new URL('../../support/engine.ts', import.meta.url));
    const script = join(folder, 'parent.ts');
    const text = [
      `import { chain, childrenOf, startEngineBench } from ${JSON.stringify(engine)};`,
      `const bench = await startEngineBench({ readable: [${JSON.stringify(bench.folder)}] });`,
      `const graph = chain(${frozen.nodes.map(({ factory }) => JSON.stringify(factory)).join(', ')});`,
      'const onPlaying = async () => console.log(JSON.stringify(await childrenOf(process.pid)));',
      `await bench.run(graph, ${JSON.stringify(source)}, { observer: { onPlaying } });`,
    ];
    await writeFile(script, text.join('\n'));
    // what it leaves goes with the folder
    const env = { ...process.env, TMPDIR: folder };
    const parent = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [line] = await once(parent.stdout, 'data');
      const children = JSON.parse(String(line)) as number[];
      expect(children.length).toBeGreaterThan(0);
      for (const child of children) expect(await lives(child)).toBe(true);
      parent.kill('SIGKILL');
      await once(parent, 'close');
      for (const child of children) await until(async () => !(await lives(child)));
    } finally {
      parent.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('the disk', () => {
  it('that is full is SCRATCH_FULL, to be tried again', async () => {
    // /dev/full takes nothing, as a full disk does; it lies outside of what the sandbox allows
    const open = await startEngineBench({ sandbox: false });
    try {
      const full = { name: 'full', path: '/dev/full' };
      const run = open.engine.run(
        {
          graph: { ...decoded, outputs: [{ name: 'full', from: { node: 'e4' }, at: 5 }] },
          source,
          sourceSize: 0,
          outputs: [full],
          onMissingStream: 'skip',
          limits: { timeout: 20, stall: 10, inputBytes: 1e9, outputBytes: 1e9 },
          scratch: open.folder,
        },
        {},
        new AbortController().signal,
      );
      await expect(run).rejects.toMatchObject({ code: 'SCRATCH_FULL', class: 'transient' });
    } finally {
      await open.close();
    }
  });
});
