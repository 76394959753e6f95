import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../lib/errors.ts';
import { createMinioStore, type MinioStore, type StorageSettings, type WriteOptions } from '../../../lib/storage/index.ts';
import { openUploads } from '../../../lib/storage/listing.ts';
import { type Fate, lossyProxy } from '../../support/lossy-proxy.ts';
import { type MinioServer, startMinio } from '../../support/minio.ts';
import { until } from '../../support/until.ts';

const MiB = 1024 * 1024;
const bucket = 'out';
const plain: WriteOptions = { contentType: 'video/mp4', metadata: {} };
/** Failures show soon; but a slow server is none. */
const hasty: Partial<StorageSettings> = { attempts: 2, backoffBase: 20, pollInterval: 10, tailPause: 50 };

let minio: MinioServer;
let store: MinioStore;
let folder: string;
let path: string;

beforeAll(async () => {
  minio = await startMinio({ buckets: [bucket] });
});
afterAll(() => minio?.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gst-upload-'));
  path = join(folder, 'out.mp4');
  store = createMinioStore(minio.address, minio, { settings: hasty });
});
afterEach(async () => {
  store.close();
  await rm(folder, { recursive: true, force: true });
});

const read = async (key: string) => Buffer.from((await store.get(bucket, key)) ?? []);
const uploadsOf = (key: string) => openUploads(store.connection, bucket, key);

describe('a small file', () => {
  it('is one PUT, made by complete and not before', async () => {
    const body = randomBytes(300_000);
    await writeFile(path, body);
    const upload = store.upload(bucket, 'small', path, { ...plain, cacheControl: 'max-age=60' });
    upload.begin();
    await upload.finish();
    expect(await store.stat(bucket, 'small')).toBeUndefined();
    expect(await uploadsOf('small')).toEqual([]);
    const stored = await upload.complete();
    expect(stored).toMatchObject({ size: body.length });
    expect(await read('small')).toEqual(body);
    expect(await store.stat(bucket, 'small')).toMatchObject({ etag: stored.etag, contentType: 'video/mp4' });
    expect(upload.bytesSent).toBe(body.length);
  });

  it.each([
    ['empty', 0],
    ['missing', undefined],
  ])('that is %s is refused', async (_name, size) => {
    if (size !== undefined) await writeFile(path, '');
    const upload = store.upload(bucket, 'none', path, plain);
    upload.begin();
    await expect(upload.finish()).rejects.toMatchObject({ code: 'OUTPUT_EMPTY', class: 'permanent' });
    await upload.abort();
    expect(await store.stat(bucket, 'none')).toBeUndefined();
  });

  it('is never a link to somewhere else', async () => {
    await writeFile(join(folder, 'secret'), 'secret');
    await symlink(join(folder, 'secret'), path);
    const upload = store.upload(bucket, 'link', path, plain);
    await expect(upload.finish()).rejects.toMatchObject({ code: 'STORAGE_WRITE' });
  });
});

describe('a growing file', () => {
  it('is sent while it grows, seen by nobody, and put right after the writer went back', async () => {
    const body = randomBytes(44 * MiB + 12345);
    const upload = store.upload(bucket, 'grown.mp4', path, plain);
    upload.begin();
    const file = await open(path, 'w');
    for (let at = 0; at < body.length; at += MiB) {
      await file.write(body.subarray(at, at + MiB), 0, Math.min(MiB, body.length - at), at);
    }
    await until(() => upload.bytesSent >= 32 * MiB);
    expect(await store.stat(bucket, 'grown.mp4')).toBeUndefined();
    expect((await uploadsOf('grown.mp4')).length).toBe(1);

    // the header, and one place in a part that was sent already
    const patch = randomBytes(64);
    for (const at of [0, 20 * MiB + 5]) {
      await file.write(patch, 0, patch.length, at);
      patch.copy(body, at);
    }
    await file.close();
    await upload.finish();
    expect(await store.stat(bucket, 'grown.mp4')).toBeUndefined();
    for await (const object of store.list(bucket, 'grown')) expect.unreachable(object.key);
    // the part with the change went twice, the first only once
    expect(upload.bytesSent).toBe(body.length + 16 * MiB);

    const stored = await upload.complete();
    expect(stored).toMatchObject({ size: body.length, etag: expect.stringMatching(/^[0-9a-f]{32}-4$/) });
    expect((await read('grown.mp4')).equals(body)).toBe(true);
    expect(await uploadsOf('grown.mp4')).toEqual([]);
    await upload.abort();
    expect(await store.stat(bucket, 'grown.mp4')).toMatchObject({ etag: stored.etag });
  });

  it('may be begun anew by its writer, and shorter', async () => {
    const upload = store.upload(bucket, 'anew', path, plain);
    upload.begin();
    await writeFile(path, randomBytes(34 * MiB));
    await until(() => upload.bytesSent >= 16 * MiB);
    await truncate(path, 0);
    const body = randomBytes(19 * MiB);
    await writeFile(path, body);
    await upload.finish();
    await upload.complete();
    expect((await read('anew')).equals(body)).toBe(true);
  });

  it('is put right where its writer went back while the part was on its way', async () => {
    const body = randomBytes(34 * MiB);
    await writeFile(path, body);
    const upload = store.upload(bucket, 'late', path, plain);
    upload.begin();
    await until(() => upload.bytesSent > 0);
    const file = await open(path, 'r+');
    const patch = randomBytes(64);
    for (const at of [8 * MiB, 24 * MiB - 64]) {
      await file.write(patch, 0, patch.length, at);
      patch.copy(body, at);
    }
    await file.close();
    await upload.finish();
    await upload.complete();
    expect((await read('late')).equals(body)).toBe(true);
  });

  it('leaves no upload when it is aborted in the middle of a part', async () => {
    const upload = store.upload(bucket, 'aborted', path, plain);
    await writeFile(path, randomBytes(34 * MiB));
    upload.begin();
    await until(() => upload.bytesSent > 4 * MiB);
    expect((await uploadsOf('aborted')).length).toBe(1);
    await upload.abort();
    await upload.abort();
    expect(await uploadsOf('aborted')).toEqual([]);
    expect(await store.stat(bucket, 'aborted')).toBeUndefined();
    await expect(upload.complete()).rejects.toBeInstanceOf(Fault);
  });

  it('ends with the reason of the signal', async () => {
    await writeFile(path, randomBytes(34 * MiB));
    const upload = store.upload(bucket, 'signal', path, plain);
    const stop = new AbortController();
    const finished = upload.finish(stop.signal);
    finished.catch(() => {});
    await until(() => upload.bytesSent > MiB);
    stop.abort(new Fault('SHUTTING_DOWN'));
    await expect(finished).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    await upload.abort();
    expect(await uploadsOf('signal')).toEqual([]);
  });

  it('becomes one whole object when two attempts write one key', async () => {
    const bodies = [randomBytes(20 * MiB), randomBytes(21 * MiB)];
    const attempts = await Promise.all(
      bodies.map(async (body, index) => {
        const file = join(folder, String(index));
        await writeFile(file, body);
        const upload = store.upload(bucket, 'twice', file, plain);
        upload.begin();
        await upload.finish();
        return upload;
      }),
    );
    expect((await uploadsOf('twice')).length).toBe(2);
    await Promise.all(attempts.map((upload) => upload.complete()));
    const object = await read('twice');
    expect(bodies.some((body) => body.equals(object))).toBe(true);
    expect(await uploadsOf('twice')).toEqual([]);
  });
});

describe('a failing storage', () => {
  it('that is killed in the middle gives a transient fault, and the work goes on when it is back', async () => {
    const body = randomBytes(40 * MiB);
    await writeFile(path, body);
    const upload = store.upload(bucket, 'killed', path, plain);
    upload.begin();
    await until(() => upload.bytesSent > 4 * MiB);
    await minio.kill();
    try {
      await expect(upload.finish()).rejects.toMatchObject({ code: 'STORAGE_UNREACHED', class: 'transient' });
    } finally {
      await minio.restart();
    }
    await upload.finish();
    await upload.complete();
    expect((await read('killed')).equals(body)).toBe(true);
  });

  it('that no longer answers is given up after the idle time', async () => {
    await writeFile(path, randomBytes(20 * MiB));
    const quick = createMinioStore(minio.address, minio, { settings: { ...hasty, idleTimeout: 300 } });
    const upload = quick.upload(bucket, 'paused', path, plain);
    await store.stat(bucket, 'paused');
    await minio.pause();
    try {
      await expect(upload.finish()).rejects.toMatchObject({ code: 'STORAGE_UNREACHED' });
    } finally {
      minio.resume();
      quick.close();
    }
    await upload.abort();
    expect(await store.stat(bucket, 'paused')).toBeUndefined();
  });

  it('tells of an upload that it could not be rid of', async () => {
    const leftovers: string[] = [];
    const own = createMinioStore(minio.address, minio, {
      settings: hasty,
      onLeftover: (fault, { key }) => leftovers.push(`${fault.code} ${key}`),
    });
    await writeFile(path, randomBytes(20 * MiB));
    const upload = own.upload(bucket, 'leftover', path, plain);
    await upload.finish();
    await minio.kill();
    try {
      await upload.abort();
    } finally {
      await minio.restart();
      own.close();
    }
    expect(leftovers).toEqual(['STORAGE_UNREACHED leftover']);
    expect((await uploadsOf('leftover')).length).toBe(1);
    expect(await store.abortStale(bucket, 'leftover', 3600)).toBe(0);
    expect(await store.abortStale(bucket, 'leftover', -1)).toBe(1);
    expect(await uploadsOf('leftover')).toEqual([]);
  });

  it('that lost the answer to Complete is asked whether the object came about', async () => {
    await writeFile(path, randomBytes(20 * MiB));
    let lost = 0;
    const isComplete = (method?: string, url?: string) => method === 'POST' && url?.includes('uploadId=');
    const proxy = await lossyProxy(minio.endpoint, ({ method, url }) =>
      isComplete(method, url) && lost++ === 0 ? 'lose answer' : 'pass',
    );
    const own = createMinioStore({ ...minio.address, address: proxy.address }, minio, { settings: hasty });
    const upload = own.upload(bucket, 'lost', path, plain);
    await upload.finish();
    const stored = await upload.complete();
    own.close();
    proxy.close();
    expect(lost).toBe(2);
    expect(stored).toMatchObject({ etag: (await store.stat(bucket, 'lost'))?.etag, size: 20 * MiB });
  });

  it('that says inside a 200 that Complete failed is asked again', async () => {
    await writeFile(path, randomBytes(20 * MiB));
    const body = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>InternalError</Code><Message>try again</Message></Error>';
    let ill = 1;
    const proxy = await lossyProxy(minio.endpoint, ({ method, url }) =>
      method === 'POST' && url?.includes('uploadId=') && ill-- > 0 ? { status: 200, body } : 'pass',
    );
    const own = createMinioStore({ ...minio.address, address: proxy.address }, minio, { settings: hasty });
    const upload = own.upload(bucket, 'inside', path, plain);
    await upload.finish();
    const stored = await upload.complete();
    ill = 9;
    const second = own.upload(bucket, 'inside', path, plain);
    await second.finish();
    await expect(second.complete()).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      message: expect.stringContaining('try again'),
    });
    await second.abort();
    own.close();
    proxy.close();
    expect(await store.stat(bucket, 'inside')).toMatchObject({ etag: stored.etag });
    expect(await uploadsOf('inside')).toEqual([]);
  });

  it('that fails now and then is asked again, part by part', async () => {
    const body = randomBytes(88 * MiB);
    await writeFile(path, body);
    const fates = ['pass', 'refuse', { status: 503 }, 'pass', 'lose answer', 'pass'] as const;
    const proxy = await lossyProxy(minio.endpoint, ({ method }, count) =>
      method === 'PUT' ? (fates[count % fates.length] as Fate) : 'pass',
    );
    const own = createMinioStore({ ...minio.address, address: proxy.address }, minio, { settings: { ...hasty, attempts: 6 } });
    const upload = own.upload(bucket, 'flaky', path, plain);
    await upload.finish();
    await upload.complete();
    own.close();
    proxy.close();
    expect(proxy.seen.filter((line) => line.startsWith('PUT')).length).toBeGreaterThan(6);
    expect((await read('flaky')).equals(body)).toBe(true);
  });

  it('is not asked twice to begin an upload, where the first may have been heard', async () => {
    await writeFile(path, randomBytes(20 * MiB));
    const proxy = await lossyProxy(minio.endpoint, ({ url }) => (url?.endsWith('?uploads') ? 'lose answer' : 'pass'));
    const own = createMinioStore({ ...minio.address, address: proxy.address }, minio, {
      settings: { ...hasty, partsInFlight: 1 },
    });
    const upload = own.upload(bucket, 'once', path, plain);
    await expect(upload.finish()).rejects.toMatchObject({ code: 'STORAGE_UNREACHED' });
    await upload.abort();
    own.close();
    proxy.close();
    expect(proxy.seen.length).toBe(1);
    expect(await store.abortStale(bucket, 'once', -1)).toBe(1);
  });

  it('and an upload that somebody else ended is a fault', async () => {
    await writeFile(path, randomBytes(20 * MiB));
    const upload = store.upload(bucket, 'ended', path, plain);
    await upload.finish();
    expect(await store.abortStale(bucket, 'ended', -1)).toBe(1);
    await expect(upload.complete()).rejects.toMatchObject({ code: 'STORAGE_WRITE', class: 'transient' });
    expect(await store.stat(bucket, 'ended')).toBeUndefined();
  });

  const refusals: Array<[name: string, size: number, bucket: string, secretKey: string | undefined, code: string]> = [
    ['the bucket, in parts', 20 * MiB, 'nowhere', undefined, 'STORAGE_NO_BUCKET'],
    ['the bucket, in one PUT', 8 * MiB, 'nowhere', undefined, 'STORAGE_NO_BUCKET'],
    ['the right secret, in parts', 20 * MiB, bucket, 'wrong-wrong', 'STORAGE_DENIED'],
    ['the right secret, in one PUT', 8 * MiB, bucket, 'wrong-wrong', 'STORAGE_DENIED'],
  ];
  it.each(refusals)('says what is missing: %s', async (_name, size, inBucket, secretKey, code) => {
    await writeFile(path, randomBytes(size));
    const own = createMinioStore(minio.address, { ...minio, secretKey: secretKey ?? minio.secretKey }, { settings: hasty });
    const upload = own.upload(inBucket, 'a', path, plain);
    // the server answers before it has read the body
    await expect(upload.finish().then(() => upload.complete())).rejects.toMatchObject({ code });
    await upload.abort();
    own.close();
  });
});
