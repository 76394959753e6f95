import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { eventually } from './support/eventually.ts';
import { apply, condition, get, type Json } from './support/kubectl.ts';
import { storageAddress } from './support/storage.ts';
import { useTenant } from './support/tenant.ts';

const tenant = useTenant('gst-e2e-chains', 'chains');
const { namespace, bucket } = tenant;

const put = (name: string, from: string, to: string) =>
  tenant.put(name, ({ spec }) => {
    spec.src.minio.key = from;
    spec.sink.minio.key = to;
  });
const jobsOf = async (name: string): Promise<Json[]> =>
  (await tenant.jobs()).filter(({ spec }) => spec.pipelineRef.name === name);

describe('what is made of one object', () => {
  it('is a film and its sound apart, by a SplitTransform', async () => {
    const split: Json = parse(await readFile('test/fixtures/seed/video-splitter.yaml', 'utf8'));
    Object.assign(split.spec.globals.minio, { endpoint: storageAddress, bucket });
    await apply(stringify(split), '-n', namespace);
    await eventually(
      'MinIO told',
      60,
      async () => condition(await get('splittransform', 'video-splitter', '-n', namespace), 'Notifications')?.status === 'True',
    );
    await tenant.upload('split/clip.mkv');
    await Promise.all([tenant.output('split_video/clip.mp4'), tenant.output('split_audio/clip.mp3')]);
    const kinds = async (key: string) => (await tenant.storage.decode(bucket, key)).streams.map(({ codec }) => codec);
    expect(await kinds('split_video/clip.mp4')).toEqual(['h264']);
    expect(await kinds('split_audio/clip.mp3')).toEqual(['mp3']);
    const [job] = await eventually('its Job', 60, async () => {
      const found = await jobsOf('video-splitter');
      return found[0]?.status?.state === 'Finished' && found;
    });
    expect(job.spec).toMatchObject({
      pipelineRef: { kind: 'SplitTransform' },
      sinks: expect.arrayContaining([expect.objectContaining({ streamType: 'video' })]),
    });
  });

  it('goes on through a second Transform that watches what the first makes', async () => {
    await put('second', 'between/', 'end/{{ .SrcName }}.mp4');
    await put('first', 'begin/', 'between/{{ .SrcName }}.mp4');
    await tenant.upload('begin/clip.mkv');
    await tenant.output('end/clip.mp4');
    const { metaData } = await tenant.storage.client.statObject(bucket, 'end/clip.mp4');
    expect(metaData['gst-chain']).toBe(`${namespace}/first,${namespace}/second`);
    expect((await tenant.storage.decode(bucket, 'end/clip.mp4')).streams).toHaveLength(2);
  });

  it('does not go round where a Transform watches what it makes itself: its status warns, and one output is all', async () => {
    await put('loop', 'loop/', 'loop/done/{{ .SrcName }}.mp4');
    const { message } = (await tenant.condition('loop', 'Ready')) ?? {};
    expect(message).toMatch(/Warning: .*spec\.s/);
    await tenant.upload('loop/clip.mkv');
    await tenant.output('loop/done/clip.mp4');
    // what comes after it goes all the way, so a second turn of the first would have been seen by then
    await tenant.upload('loop/next.mkv');
    await tenant.output('loop/done/next.mp4');
    await eventually('all Jobs at their end', 120, async () => {
      const jobs = await jobsOf('loop');
      return jobs.length >= 2 && jobs.every(({ status }) => status?.state === 'Finished');
    });
    expect([...(await tenant.storage.versions(bucket, 'loop/')).entries()].sort()).toEqual(
      ['loop/clip.mkv', 'loop/done/clip.mp4', 'loop/done/next.mp4', 'loop/next.mkv'].map((key) => [key, 1]),
    );
  });
});
