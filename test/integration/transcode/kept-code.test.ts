/** The compiled code that an image keeps, so that nothing is compiled anew at a cold start. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeClip } from '../../support/clips.ts';
import { eventKey, requestedEvent } from '../../support/requests.ts';
import { serveProcess } from '../../support/serve.ts';
import { startTranscodeBench, type TranscodeBench } from '../../support/transcode.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
let bench: TranscodeBench;
/** Below the checkout, where add-ons are found. */
let folder: string;

beforeAll(async () => {
  bench = await startTranscodeBench();
  await mkdir(join(root, '.gst-functions'), { recursive: true });
  folder = await mkdtemp(join(root, '.gst-functions/kept-code.'));
});
afterAll(async () => {
  await bench?.close();
  if (folder) await rm(folder, { recursive: true });
});

it('is taken for all that a server loads, its first object included', async () => {
  const run = promisify(execFile);
  const env = { PATH: process.env.PATH, NODE_ENV: 'production', NODE_COMPILE_CACHE: join(folder, 'cache') };
  await run(process.execPath, [join(root, 'scripts/build.ts'), folder]);
  await run(process.execPath, [join(folder, 'warm-up.js')], { env });
  const settings = {
    K_SINK: bench.broker.url,
    EVENT_KEY: eventKey,
    SCRATCH_DIR: bench.folder,
    MINIO_ACCESS_KEY: bench.minio.accessKey,
    MINIO_SECRET_KEY: bench.minio.secretKey,
  };
  const served = await serveProcess(
    'transcode',
    { ...env, ...settings, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' },
    [],
    join(folder, 'gst-functions.js'),
  );
  try {
    const source = await bench.upload('in/clip.mkv', await makeClip(bench.folder, 'clip.mkv', { audio: false }));
    const elements = [{ name: 'matroskademux' }, { name: 'jpegparse' }, { name: 'matroskamux' }];
    const answer = await fetch(served.url, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify(requestedEvent(bench.request({ source, elements, sinks: { out: 'media/out/clip.mkv' } }))),
    });
    expect(answer.status).toBe(204);
  } finally {
    await served.stop();
  }
  const files = (told: string) =>
    served.log.flatMap((line) => new RegExp(`code cache for .*/(.*) was ${told}`).exec(line)?.[1] ?? []);
  expect(files('accepted')).toEqual(expect.arrayContaining(['serve-transcode.js', 'package-minio.js']));
  expect(files('rejected')).toEqual([]);
});
