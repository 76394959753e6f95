/** Processes that are killed at any moment: every output comes out whole by redelivery, and nothing stays behind. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Requested } from '../../../lib/events/types.ts';
import type { Element } from '../../../lib/graph/model.ts';
import { makeClip } from '../../support/clips.ts';
import { collect } from '../../support/collect.ts';
import { childrenOf, lives } from '../../support/engine.ts';
import { lossyProxy } from '../../support/lossy-proxy.ts';
import { twoOutputs } from '../../support/pipelines.ts';
import { eventKey, requestedEvent } from '../../support/requests.ts';
import { type ServedProcess, serveProcess } from '../../support/serve.ts';
import { startTranscodeBench, type TranscodeBench } from '../../support/transcode.ts';
import { until } from '../../support/until.ts';

/** Used for its MinIO, its broker and its media; the process under test is another. */
let bench: TranscodeBench;
let scratchDir: string;
let served: ServedProcess;

const objects = 100;

const serve = (maxTimeout = 60, uploadTimeout = 60) =>
  serveProcess('transcode', {
    K_SINK: bench.broker.url,
    EVENT_KEY: eventKey,
    SCRATCH_DIR: scratchDir,
    MINIO_ACCESS_KEY: bench.minio.accessKey,
    MINIO_SECRET_KEY: bench.minio.secretKey,
    MAX_TIMEOUT: String(maxTimeout),
    UPLOAD_TIMEOUT: String(uploadTimeout),
    PROGRESS_INTERVAL: '0.1',
  });

beforeAll(async () => {
  bench = await startTranscodeBench();
  scratchDir = join(bench.folder, 'served-scratch');
  served = await serve();
});
afterAll(async () => {
  await served?.stop();
  await bench?.close();
});

/** The status of the answer, or undefined where the process ended without one. */
async function ask(data: Requested): Promise<number | undefined> {
  const response = await fetch(served.url, {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify(requestedEvent(data)),
  }).catch(() => undefined);
  return response?.status;
}

/** Ends a child of the process, if it has one at this moment and the child does not end by itself meanwhile. */
async function killChild(parent: number): Promise<void> {
  const [child] = await childrenOf(parent);
  try {
    if (child !== undefined) process.kill(child, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const quick: Element[] = [
  { name: 'decodebin', alias: 'd' },
  { goto: 'd' },
  { name: 'videoconvert' },
  { name: 'jpegenc' },
  { name: 'matroskamux' },
];
/** More than one part of an upload, as fast as the clip plays. */
const raw: Element[] = [
  { name: 'decodebin', alias: 'd' },
  { goto: 'd' },
  { name: 'videoconvert' },
  { name: 'videoscale' },
  { name: 'capsfilter', properties: { caps: 'video/x-raw,format=I420,width=640,height=480' } },
  { name: 'identity', properties: { sync: true } },
  { name: 'avimux' },
];
const uploadsOf = (key: string) =>
  collect<{ uploadId: string; initiated: Date }>(bench.minio.client.listIncompleteUploads('media', key, true) as never);

describe('the server is killed in the middle of an upload', () => {
  it('the redelivery makes one whole output; the old upload goes when it is surely dead, the scratch at once', async () => {
    const source = await bench.upload('in/large.mkv', await makeClip(bench.folder, 'large.mkv', { seconds: 3, framerate: 30 }));
    const key = 'out/killed.avi';
    const data = bench.request({ source, elements: raw, sinks: { out: `media/${key}` }, limits: { timeout: 60 } });
    const asked = ask(data);
    await until(async () => (await uploadsOf(key)).length === 1);
    const children = await childrenOf(served.pid);
    expect(children.length).toBeGreaterThan(0);
    await served.kill();
    expect(await asked).toBeUndefined();
    for (const child of children) await until(async () => !(await lives(child)));
    expect(await uploadsOf(key)).toHaveLength(1);
    expect(await bench.keys(key)).toEqual([]);
    expect((await readdir(scratchDir)).length).toBe(1);

    served = await serve();
    expect(await ask(data)).toBe(204);
    expect((await bench.decoded(key)).streams).toMatchObject([{ frames: 90 }]);
    expect(await uploadsOf(key), 'younger than a run with its upload may be: it may be alive').toHaveLength(1);
    expect(await readdir(scratchDir), 'of the living process alone').toHaveLength(1);

    // an upload older than this, in seconds, is that of a killed attempt; it bounds a run too, so not before
    const [maxTimeout, uploadTimeout] = [8, 4]; // long enough for a short run on a slow machine
    await served.stop();
    served = await serve(maxTimeout, uploadTimeout);
    const [old] = await uploadsOf(key);
    // of its own time the storage tells whole seconds
    await until(() => Date.now() - Number(old?.initiated) > (maxTimeout + uploadTimeout + 1) * 1000);
    await bench.minio.client.removeObject('media', key);
    expect(await ask({ ...data, pipeline: { ...data.pipeline, elements: quick } })).toBe(204);
    expect(await uploadsOf(key)).toEqual([]);
    await served.stop();
    served = await serve();
  });
});

describe('the server is killed between the first output and the second', () => {
  it('one is there whole, the other not at all; the redelivery makes both', async () => {
    const keys = ['out/between/first.mkv', 'out/between/second.avi'];
    let armed = true;
    const proxy = await lossyProxy(bench.minio.endpoint, ({ method, url = '' }) => {
      if (!armed || method !== 'PUT' || !url.includes('second.avi')) return 'pass';
      armed = false;
      process.kill(served.pid, 'SIGKILL');
      return 'refuse';
    });
    try {
      const source = await bench.upload('in/between.mkv', await makeClip(bench.folder, 'between.mkv', { audio: false }));
      const data = bench.request({ source, elements: twoOutputs, sinks: { a: `media/${keys[0]}`, b: `media/${keys[1]}` } });
      for (const place of [data.source, ...data.sinks]) place.endpoint = { ...bench.minio.address, address: proxy.address };
      expect(await ask(data), 'the server went without an answer').toBeUndefined();
      expect((await served.ended).signal).toBe('SIGKILL');
      expect(await bench.keys('out/between/')).toEqual(keys.slice(0, 1));
      expect((await bench.decoded(keys[0] as string)).streams).toMatchObject([{ frames: 15 }]);

      served = await serve();
      expect(await ask(data)).toBe(204);
      expect(bench.broker.last('succeeded', data.job)?.data.reused).toBe(false);
      for (const key of keys) expect((await bench.decoded(key)).streams).toMatchObject([{ frames: 15 }]);
    } finally {
      proxy.close();
    }
  });
});

describe(`children and servers are killed at random moments, over ${objects} objects`, () => {
  it('every output is whole, and no scratch, upload or process is left', async () => {
    const path = await makeClip(bench.folder, 'small.mkv', { seconds: 1, audio: false });
    const requests: Requested[] = [];
    for (let n = 0; n < objects; n++) {
      const source = await bench.upload(`in/many/${n}.mkv`, path);
      requests.push(bench.request({ source, elements: quick, sinks: { out: `media/many/${n}.mkv` } }));
    }
    let kills = 0;
    for (const [n, data] of requests.entries()) {
      // moments all over a run, which takes about 150 ms; every seventh time it is the server itself
      const moment = (n * 37) % 160;
      const killed = new Promise<void>((resolve) => {
        if (n % 3 !== 0) return resolve();
        setTimeout(() => {
          kills++;
          void (n % 21 === 0 ? served.kill() : killChild(served.pid)).then(resolve);
        }, moment);
      });
      let status = await ask(data);
      await killed;
      for (let again = 0; status !== 204 && again < 5; again++) {
        if (!(await lives(served.pid))) served = await serve();
        expect([undefined, 503]).toContain(status);
        status = await ask(data);
      }
      expect(status).toBe(204);
      if (!(await lives(served.pid))) served = await serve();
    }
    expect(kills).toBeGreaterThan(objects / 4);
    expect(await bench.keys('many/')).toHaveLength(objects);
    for (let n = 0; n < objects; n += 10) expect((await bench.decoded(`many/${n}.mkv`)).streams).toMatchObject([{ frames: 15 }]);
    const sizes = await Promise.all(
      requests.map((_, n) => bench.minio.client.statObject('media', `many/${n}.mkv`).then(({ size }) => size)),
    );
    // of the same clip; but matroskamux gives the track a random UID, and writes it without the zeros before it
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(8);
    const own = await readdir(scratchDir);
    expect(own).toHaveLength(1);
    const left = await readdir(join(scratchDir, own[0] as string));
    expect(left.filter((name) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(name))).toEqual([]);
    const { pid } = served;
    const children = await childrenOf(pid);
    expect((await served.stop()).code).toBe(0);
    for (const child of [pid, ...children]) await until(async () => !(await lives(child)));
    expect(await readdir(scratchDir)).toEqual([]);
    served = await serve();
  });
});
