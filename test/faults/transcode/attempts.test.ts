/** The same job asked for more than once: one whole output, however the attempts lie to each other. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeClip } from '../../support/clips.ts';
import { mp4Converter } from '../../support/pipelines.ts';
import { startTranscodeBench, type TranscodeBench } from '../../support/transcode.ts';

let bench: TranscodeBench;
let clip: Awaited<ReturnType<TranscodeBench['upload']>>;

beforeAll(async () => {
  bench = await startTranscodeBench();
  clip = await bench.upload('in/clip.mkv', await makeClip(bench.folder, 'clip.mkv', { seconds: 2 }));
});
afterAll(() => bench?.close());

describe('two attempts at one job', () => {
  it('at once, in two processes: one whole output, both told of success', async () => {
    const other = await startTranscodeBench({ minio: bench.minio });
    try {
      const data = bench.request({ source: clip, elements: mp4Converter, sinks: { out: 'media/out/twice.mp4' } });
      expect(await Promise.all([bench.ask(data), other.ask(data)])).toEqual([204, 204]);
      const told = [bench, other].map(({ broker }) => broker.last('succeeded', data.job)?.data.outputs[0].key);
      expect(told).toEqual(['out/twice.mp4', 'out/twice.mp4']);
      expect((await bench.decoded('out/twice.mp4')).streams).toHaveLength(2);
      expect(await bench.leftovers(['out/twice.mp4'])).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('one after the other: the second finds the work done', async () => {
    const data = bench.request({ source: clip, elements: mp4Converter, sinks: { out: 'media/out/again.mp4' } });
    expect(await bench.ask(data)).toBe(204);
    const before = await bench.minio.client.statObject('media', 'out/again.mp4');
    expect(await bench.ask(data)).toBe(204);
    expect(bench.broker.last('succeeded', data.job)?.data).toMatchObject({ reused: true, skippedStreams: [] });
    expect((await bench.minio.client.statObject('media', 'out/again.mp4')).lastModified).toEqual(before.lastModified);
  });
});
