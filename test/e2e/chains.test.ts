import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { makeClip } from '../../cli/demo/clip.ts';
import { eventually } from './support/eventually.ts';
import { apply, condition, get, items, type Json } from './support/kubectl.ts';
import { connectStorage, type Storage, storageAddress } from './support/storage.ts';
import { createTenant, removeNamespace, sample } from './support/tenant.ts';

const namespace = 'gst-e2e-chains';
const bucket = 'chains';

let folder: string;
let clip: string;
let storage: Storage;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gst-e2e-'));
  clip = join(folder, 'clip.mkv');
  await makeClip(clip);
  storage = await connectStorage();
  await storage.makeBucket(bucket);
  await createTenant(namespace);
});
afterAll(async () => {
  storage?.close();
  await removeNamespace(namespace);
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function put(name: string, from: string, to: string): Promise<void> {
  const transform = await sample((written) => {
    written.metadata.name = name;
    written.spec.globals.minio.bucket = bucket;
    written.spec.src.minio.key = from;
    delete written.spec.src.minio.exclude;
    written.spec.sink.minio.key = to;
    delete written.spec.pipeline.debug;
  });
  await apply(transform, '-n', namespace);
  await told('transform', name);
}

const told = (kind: string, name: string) =>
  eventually('MinIO told', 60, async () => condition(await get(kind, name, '-n', namespace), 'Notifications')?.status === 'True');
const output = (key: string) => eventually(key, 240, () => storage.client.statObject(bucket, key));
const jobsOf = async (name: string): Promise<Json[]> =>
  (await items('jobs.pipelines.gst.io', '-n', namespace)).filter(({ spec }) => spec.pipelineRef.name === name);

describe('what is made of one object', () => {
  it('is a film and its sound apart, by a SplitTransform', async () => {
    const split: Json = parse(await readFile('test/fixtures/seed/video-splitter.yaml', 'utf8'));
    Object.assign(split.spec.globals.minio, { endpoint: storageAddress, bucket });
    await apply(stringify(split), '-n', namespace);
    await told('splittransform', 'video-splitter');
    await storage.client.fPutObject(bucket, 'split/clip.mkv', clip);
    await Promise.all([output('split_video/clip.mp4'), output('split_audio/clip.mp3')]);
    const kinds = async (key: string) => (await storage.decode(bucket, key)).streams.map(({ codec }) => codec);
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
    await storage.client.fPutObject(bucket, 'begin/clip.mkv', clip);
    await output('end/clip.mp4');
    const { metaData } = await storage.client.statObject(bucket, 'end/clip.mp4');
    expect(metaData['gst-chain']).toBe(`${namespace}/first,${namespace}/second`);
    expect((await storage.decode(bucket, 'end/clip.mp4')).streams).toHaveLength(2);
  });

  it('does not go round where a Transform watches what it makes itself: its status warns, and one output is all', async () => {
    await put('loop', 'loop/', 'loop/done/{{ .SrcName }}.mp4');
    const { message } = condition(await get('transform', 'loop', '-n', namespace), 'Ready') ?? {};
    expect(message).toMatch(/Warning: .*spec\.s/);
    await storage.client.fPutObject(bucket, 'loop/clip.mkv', clip);
    await output('loop/done/clip.mp4');
    // what comes after it goes all the way, so a second turn of the first would have been seen by then
    await storage.client.fPutObject(bucket, 'loop/next.mkv', clip);
    await output('loop/done/next.mp4');
    await eventually('all Jobs at their end', 120, async () => {
      const jobs = await jobsOf('loop');
      return jobs.length >= 2 && jobs.every(({ status }) => status?.state === 'Finished');
    });
    expect([...(await storage.versions(bucket, 'loop/')).entries()].sort()).toEqual(
      ['loop/clip.mkv', 'loop/done/clip.mp4', 'loop/done/next.mp4', 'loop/next.mkv'].map((key) => [key, 1]),
    );
  });
});
