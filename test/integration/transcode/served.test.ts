/** transcode as a process: what it tells of itself, how it ends, what it keeps of what it used. */
import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Element } from '../../../lib/graph/model.ts';
import { landlockAbi, tcpAbi } from '../../../lib/gst/landlock.ts';
import { makeClip } from '../../support/clips.ts';
import { childrenOf, lives } from '../../support/engine.ts';
import { withLandlock } from '../../support/older-kernel.ts';
import { eventKey, requestedEvent } from '../../support/requests.ts';
import { type ServedProcess, serveProcess } from '../../support/serve.ts';
import { startTranscodeBench, type TranscodeBench } from '../../support/transcode.ts';
import { until } from '../../support/until.ts';

/** Used for its MinIO, its broker and its media. */
let bench: TranscodeBench;
let served: ServedProcess;
let scratchDir: string;
let source: Awaited<ReturnType<TranscodeBench['upload']>>;

const serve = (env: NodeJS.ProcessEnv = {}, before: string[] = []) =>
  serveProcess(
    'transcode',
    {
      K_SINK: bench.broker.url,
      EVENT_KEY: eventKey,
      SCRATCH_DIR: scratchDir,
      MINIO_ACCESS_KEY: bench.minio.accessKey,
      MINIO_SECRET_KEY: bench.minio.secretKey,
      PROGRESS_INTERVAL: '0.1',
      ...env,
    },
    before,
  );

beforeAll(async () => {
  bench = await startTranscodeBench();
  scratchDir = join(bench.folder, 'served');
  source = await bench.upload('in/clip.mkv', await makeClip(bench.folder, 'clip.mkv', { seconds: 2, audio: false }));
  served = await serve();
});
afterAll(async () => {
  await served?.stop();
  await bench?.close();
});

const quick: Element[] = [{ name: 'matroskademux' }, { name: 'jpegparse' }, { name: 'matroskamux' }];
/** As long as the clip plays. */
const slow: Element[] = [
  { name: 'matroskademux' },
  { name: 'jpegdec' },
  { name: 'identity', properties: { sync: true } },
  { name: 'jpegenc' },
  { name: 'matroskamux' },
];

/** One frame for ever. */
const endless: Element[] = [
  { name: 'matroskademux' },
  { name: 'jpegdec' },
  { name: 'imagefreeze' },
  { name: 'identity', properties: { sync: true } },
  { name: 'jpegenc' },
  { name: 'avimux' },
];

const ask = (data: ReturnType<TranscodeBench['request']>) =>
  fetch(served.url, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify(requestedEvent(data)),
  });
const readiness = async () => (await fetch(`${served.url}health/readiness`)).json() as Promise<Record<string, unknown>>;

describe('readiness', () => {
  it('tells the sandbox, whether a spare child is loaded, and what is in hand', async () => {
    await until(async () => (await readiness()).warm === true);
    const abi = landlockAbi();
    const sandbox = { abi, files: abi > 0, tcp: abi >= tcpAbi };
    expect(await readiness()).toMatchObject({ ready: true, busy: false, sandbox });
    const data = bench.request({ source, elements: slow, sinks: { out: 'media/out/slow.mkv' } });
    const asked = ask(data);
    await until(async () => (await readiness()).busy === true);
    expect(await readiness()).toMatchObject({ ready: true, running: data.job });
    const other = await ask(bench.request({ source, elements: quick }));
    expect(other.status).toBe(429);
    expect(Number(other.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await asked).status).toBe(204);
  });
});

describe('a kernel', () => {
  const onKernel = async (abi: number, env: NodeJS.ProcessEnv, key: string) => {
    await served.stop();
    served = await serve(env, withLandlock(abi));
    const data = bench.request({ source, elements: quick, sinks: { out: `media/${key}` } });
    return { status: (await ask(data)).status, data };
  };

  it('without Landlock lets jobs be done where the sandbox is not required, and is told of once', async () => {
    const { status } = await onKernel(0, {}, 'out/open.mkv');
    expect(status).toBe(204);
    expect((await bench.decoded('out/open.mkv')).streams).toMatchObject([{ frames: 30 }]);
    await until(async () => (await readiness()).warm === true);
    expect(await readiness()).toMatchObject({ ready: true, sandbox: { abi: 0, files: false, tcp: false } });
    expect(served.log.filter((line) => line.includes('the kernel has no Landlock'))).toHaveLength(1);
  });

  it('without Landlock lets none be done where it is', async () => {
    const { status, data } = await onKernel(0, { REQUIRE_SANDBOX: 'true' }, 'out/refused.mkv');
    expect(status).toBe(503);
    expect(bench.broker.last('retrying', data.job)?.data.error.code).toBe('SANDBOX_REQUIRED');
    expect(await bench.keys('out/refused')).toEqual([]);
  });

  // Debian 12 comes with one of these
  it('that binds files and no ports is sandbox enough where one is required, and is told of once', async () => {
    const abi = 2;
    const { status } = await onKernel(abi, { REQUIRE_SANDBOX: 'true' }, 'out/weaker.mkv');
    expect(status).toBe(204);
    expect((await bench.decoded('out/weaker.mkv')).streams).toMatchObject([{ frames: 30 }]);
    await until(async () => (await readiness()).warm === true);
    expect(await readiness()).toMatchObject({ ready: true, sandbox: { abi, files: true, tcp: false } });
    const told = served.log.filter((line) => line.includes('with a weaker sandbox: Landlock ABI 2 cannot bind TCP ports'));
    expect(told).toHaveLength(1);
    await served.stop();
    served = await serve();
  });
});

describe('the server process', () => {
  it('has no GStreamer in it', async () => {
    const { readFile } = await import('node:fs/promises');
    const maps = (pid: number) => readFile(`/proc/${pid}/maps`, 'utf8');
    // after a run a new child is on its way: it has GStreamer a moment later
    await until(async () => {
      const children = await childrenOf(served.pid);
      const loaded = await Promise.all(children.map((pid) => maps(pid).catch(() => '')));
      return loaded.some((map) => map.includes('libgstreamer-1.0'));
    });
    expect(await maps(served.pid)).not.toContain('libgstreamer-1.0');
  });

  it('keeps no file, no pipe and no child of the runs that it has done', async () => {
    const run = async (n: number) => {
      const status = (await ask(bench.request({ source, elements: quick, sinks: { out: `media/fd/${n}.mkv` } }))).status;
      expect(status).toBe(204);
    };
    // idle connections to storage and Broker come and go by themselves: sockets are not counted
    const open = async () => {
      const folder = `/proc/${served.pid}/fd`;
      const links = await Promise.all((await readdir(folder)).map((fd) => readlink(join(folder, fd)).catch(() => undefined)));
      return links.filter((link) => link !== undefined && !link.startsWith('socket:')).length;
    };
    const atRest = async () => (await childrenOf(served.pid)).length === 1;
    for (let n = 0; n < 3; n++) await run(n);
    await until(atRest);
    const before = await open();
    for (let n = 3; n < 9; n++) await run(n);
    await until(atRest);
    await until(async () => (await open()) === before);
  });
});

describe('SIGTERM', () => {
  it('lets the run in hand end, takes nothing new, and leaves neither child nor scratch', async () => {
    const data = bench.request({ source, elements: slow, sinks: { out: 'media/out/drained.mkv' } });
    const asked = ask(data);
    await until(async () => bench.broker.kinds(data.job).includes('progress'));
    const children = await childrenOf(served.pid);
    const ended = served.stop();
    expect((await asked).status).toBe(204);
    expect((await ended).code).toBe(0);
    for (const child of children) await until(async () => !(await lives(child)));
    expect(await readdir(scratchDir)).toEqual([]);
    expect((await bench.decoded('out/drained.mkv')).streams).toMatchObject([{ frames: 30 }]);
    served = await serve();
  });

  it('at the end of the grace stops the run: 503, and nothing is left', async () => {
    await served.stop();
    served = await serve({ DRAIN_SECONDS: '0' });
    const data = bench.request({ source, elements: endless, sinks: { out: 'media/out/stopped.avi' } });
    const asked = ask(data);
    await until(async () => bench.broker.kinds(data.job).includes('progress'));
    const ended = served.stop();
    expect((await asked).status).toBe(503);
    expect((await ended).code).toBe(0);
    expect(bench.broker.last('retrying', data.job)?.data.error.code).toBe('SHUTTING_DOWN');
    expect(await readdir(scratchDir)).toEqual([]);
    expect(await bench.keys('out/stopped')).toEqual([]);
    served = await serve();
  });
});
