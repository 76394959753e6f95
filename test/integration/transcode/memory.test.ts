/** What a server keeps of the objects that it has done: nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Element } from '../../../lib/graph/model.ts';
import { makeClip } from '../../support/clips.ts';
import { childrenOf } from '../../support/engine.ts';
import { debuggable, type HeapWatch, watchHeap } from '../../support/heap.ts';
import { eventKey, requestedEvent } from '../../support/requests.ts';
import { type ServedProcess, serveProcess } from '../../support/serve.ts';
import { startTranscodeBench, type TranscodeBench } from '../../support/transcode.ts';
import { until } from '../../support/until.ts';

/** Used for its MinIO, its broker and its media. */
let bench: TranscodeBench;
let served: ServedProcess;
let heap: HeapWatch;
let source: Awaited<ReturnType<TranscodeBench['upload']>>;

beforeAll(async () => {
  bench = await startTranscodeBench();
  source = await bench.upload('in/clip.mkv', await makeClip(bench.folder, 'clip.mkv', { audio: false }));
  served = await serveProcess('transcode', {
    K_SINK: bench.broker.url,
    EVENT_KEY: eventKey,
    SCRATCH_DIR: bench.folder,
    MINIO_ACCESS_KEY: bench.minio.accessKey,
    MINIO_SECRET_KEY: bench.minio.secretKey,
    NODE_OPTIONS: debuggable,
  });
  heap = await watchHeap(served);
  await handle(1); // it holds itself to what it needs when all of that is loaded
});
afterAll(async () => {
  heap?.close();
  await served?.stop();
  await bench?.close();
});

const elements: Element[] = [{ name: 'matroskademux' }, { name: 'jpegparse' }, { name: 'matroskamux' }];
let done = 0;

async function handle(count: number): Promise<void> {
  for (const last = done + count; done < last; done++) {
    const data = bench.request({ source, elements, sinks: { out: `media/out/${done}.mkv` } });
    const answer = await fetch(served.url, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify(requestedEvent(data)),
    });
    expect(answer.status).toBe(204);
  }
  await until(async () => (await childrenOf(served.pid)).length === 1);
}

describe('the heap of the server', () => {
  it('has no object more for each one that was handled', async () => {
    const objects = 10;
    const counts: Array<Map<string, number>> = [];
    for (let round = 0; round < 3; round++) {
      await handle(objects);
      counts.push(await heap.classes());
    }
    // what is loaded, compiled or kept once comes in one round and not in the next
    const growth = (name: string) => [1, 2].map((n) => (counts[n]?.get(name) ?? 0) - (counts[n - 1]?.get(name) ?? 0));
    // V8 and Node make a few that have no class, when they like; a request has a dozen
    const few = (name: string) => (name === 'Object' || name === 'Array' ? 5 * objects : objects);
    const kept = [...(counts.at(-1)?.keys() ?? [])].filter((name) => Math.min(...growth(name)) >= few(name));
    expect(kept.map((name) => `${name}: ${growth(name)}`)).toEqual([]);
    expect(counts.at(-1)?.get('Object')).toBeGreaterThan(1000); // it was looked at
  });

  it('stays near what is in use, however much garbage is made', async () => {
    const total = () => heap.evaluate('process.memoryUsage().heapTotal / 2 ** 20') as Promise<number>;
    const before = await total();
    // 0.5 GB, of which 12 MB are in use at a time for long enough to be taken for old
    await heap.evaluate(`{
      const lately = [];
      for (let n = 0; n < 4000; n++) lately[n % 150] = Array.from({ length: 2000 }, (_, i) => ({ i }));
    }`);
    // left to itself V8 takes 70 to 140 MiB more
    expect((await total()) - before).toBeLessThan(45);
  });

  it('has no room for code that is optimized, nor for the compilers that do it', async () => {
    const optimized = 1 << 4; // kOptimized of OptimizationStatus, in runtime.h of V8
    const status = await heap.evaluate(`(() => {
      process.getBuiltinModule('node:v8').setFlagsFromString('--allow-natives-syntax');
      const hot = (n) => { let sum = 0; for (let i = 0; i < n; i++) sum += i % 7; return sum; };
      for (let n = 0; n < 20_000; n++) hot(1000);
      return new Function('hot', 'return %GetOptimizationStatus(hot)')(hot);
    })()`);
    expect(Number(status) & 1).toBe(1); // it is a function at all
    expect(Number(status) & optimized).toBe(0);
  });
});
