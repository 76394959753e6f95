import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeClip } from '../../support/clips.ts';
import { mp4Converter } from '../../support/pipelines.ts';
import { startTranscodeBench, type TranscodeBench } from '../../support/transcode.ts';

let bench: TranscodeBench;
let clip: string;

beforeAll(async () => {
  bench = await startTranscodeBench();
  clip = await makeClip(bench.folder, 'clip.mkv', { seconds: 2 });
});
afterAll(() => bench?.close());

describe('a request over a clip with picture and sound', () => {
  it('gives an mp4 with both streams, whole, marked, and told of by events in their order', async () => {
    const source = await bench.upload('in/clip.mkv', clip);
    const data = bench.request({ source, elements: mp4Converter, sinks: { out: 'media/out/clip.mp4' } });
    expect(await bench.ask(data)).toBe(204);

    const { streams, duration } = await bench.decoded('out/clip.mp4');
    expect(streams.map(({ codec }) => codec).sort()).toEqual(['aac', 'h264']);
    expect(duration).toBeCloseTo(2, 0);
    expect(streams.find(({ kind }) => kind === 'video')).toMatchObject({ frames: 30, width: 160, height: 120 });
    const stat = await bench.minio.client.statObject('media', 'out/clip.mp4');
    expect(stat.metaData).toMatchObject({ 'content-type': 'video/mp4', 'gst-job': data.job, 'gst-chain': 'default/test' });
    expect(stat.metaData['gst-source']).toBe(`${source.etag} media/in/clip.mkv`);

    const kinds = bench.broker.kinds(data.job);
    expect(kinds[0]).toBe('started');
    expect(kinds.at(-1)).toBe('succeeded');
    expect(bench.broker.last('succeeded', data.job)?.data).toMatchObject({
      job: data.job,
      reused: false,
      skippedStreams: [],
      outputs: [
        { name: 'out', bucket: 'media', key: 'out/clip.mp4', etag: stat.etag, size: stat.size, contentType: 'video/mp4' },
      ],
    });
    expect(await bench.leftovers(['out/clip.mp4'])).toEqual([]);
  });
});

describe('a film whose last picture is shown for long, as that of a recording of a screen', () => {
  it('is whole with all its frames, although no element tells how long the last one is', async () => {
    const [source, film] = [join(bench.folder, 'source.mp4'), join(bench.folder, 'still.mp4')];
    const ffmpeg = (...args: string[]) => promisify(execFile)('ffmpeg', ['-v', 'error', ...args]);
    await ffmpeg('-f', 'lavfi', '-i', 'testsrc=d=1:r=10:s=160x120', '-c:v', 'libx264', '-bf', '0', '-pix_fmt', 'yuv420p', source);
    await ffmpeg('-i', source, '-c', 'copy', '-bsf:v', "setts=duration='if(eq(N,9),3/TB,DURATION)'", film);
    const data = bench.request({
      source: await bench.upload('in/still.mp4', film),
      elements: mp4Converter,
      sinks: { out: 'media/out/still.mp4' },
    });
    const status = await bench.ask(data);
    expect(bench.broker.last('failed', data.job)?.data.error).toBeUndefined();
    expect(status).toBe(204);
    expect((await bench.decoded('out/still.mp4')).streams).toMatchObject([{ kind: 'video', frames: 10 }]);
  });
});
