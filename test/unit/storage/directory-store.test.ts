import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDirectoryStore, type ObjectStore } from '../../../lib/storage/index.ts';
import { collect } from '../../support/collect.ts';

const options = { contentType: 'video/mp4', metadata: { 'GST-Job': 'ü 100%' } };
const text = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : Buffer.from(bytes).toString());

let root: string;
let scratch: string;
let store: ObjectStore;

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'gst-directory-'));
  root = join(folder, 'root');
  scratch = join(folder, 'out.mp4');
  store = createDirectoryStore(root);
});
afterEach(async () => {
  await rm(join(root, '..'), { recursive: true, force: true });
});

describe('a directory as a store', () => {
  it('puts each object where a person looks for it', async () => {
    const { etag } = await store.put('out', 'films/a b.mp4', Buffer.from('film'), options);
    expect(await readFile(join(root, 'out/films/a b.mp4'), 'utf8')).toBe('film');
    expect(etag).toBe(createHash('md5').update('film').digest('hex'));
    expect(await store.stat('out', 'films/a b.mp4')).toMatchObject({
      etag,
      size: 4,
      contentType: 'video/mp4',
      metadata: { 'gst-job': 'ü 100%' },
    });
    await store.remove('out', 'films/a b.mp4');
    await store.remove('out', 'films/a b.mp4');
    expect(await store.stat('out', 'films/a b.mp4')).toBeUndefined();
    expect(await store.get('out', 'films/a b.mp4')).toBeUndefined();
  });

  it.each([
    '../../climb',
    '/etc/passwd',
    'a//b',
    './x',
    'dir/',
    '..',
    'a/../../../b',
    '100%25',
    '%2E%2E/x',
    'line\nbreak',
    `${'ü'.repeat(300)}/x`,
    '\\..\\x',
  ])('keeps the key and stays inside: %j', async (key) => {
    await store.put('out', key, Buffer.from(key), options);
    expect(text(await store.get('out', key))).toBe(key);
    expect((await collect(store.list('out', ''))).map((object) => object.key)).toEqual([key]);
    expect((await readdir(join(root, '..'))).sort()).toEqual(['root']);
    expect((await readdir(root)).sort()).toEqual(['.gst-functions', 'out']);
  });

  it.each(['..', '.gst-functions', 'a/b', ''])('knows no bucket %j', async (bucket) => {
    await expect(store.put(bucket, 'a', Buffer.from('x'), options)).rejects.toMatchObject({ code: 'STORAGE_NO_BUCKET' });
  });

  it('shows nothing before complete, and leaves nothing after abort', async () => {
    await writeFile(scratch, 'whole');
    const upload = store.upload('out', 'a', scratch, options);
    upload.begin();
    await upload.finish();
    expect(await store.stat('out', 'a')).toBeUndefined();
    expect(await collect(store.list('out', ''))).toEqual([]);
    const stored = await upload.complete();
    await upload.abort();
    expect(await store.stat('out', 'a')).toMatchObject({ etag: stored.etag, size: 5 });
    expect(upload.bytesSent).toBe(5);

    const second = store.upload('out', 'b', scratch, options);
    await second.finish();
    const drafts = join(root, '.gst-functions/drafts');
    expect(await readdir(drafts)).toHaveLength(1);
    await second.abort();
    expect(await readdir(drafts)).toEqual([]);
  });

  it('refuses an empty output, and a link in its place', async () => {
    await writeFile(scratch, '');
    await expect(store.upload('out', 'a', scratch, options).finish()).rejects.toMatchObject({ code: 'OUTPUT_EMPTY' });
    await rm(scratch);
    await symlink('/etc/hostname', scratch);
    await expect(store.upload('out', 'a', scratch, options).finish()).rejects.toMatchObject({ code: 'STORAGE_WRITE' });
  });

  it('removes the drafts of killed attempts at exactly this key', async () => {
    await writeFile(scratch, 'x');
    for (const key of ['a', 'b']) await store.upload('out', key, scratch, options).finish();
    const drafts = join(root, '.gst-functions/drafts');
    for (const name of await readdir(drafts)) await utimes(join(drafts, name), 1, 1);
    await store.upload('out', 'a', scratch, options).finish();
    expect(await store.abortStale('out', 'a', 60)).toBe(1);
    expect(await readdir(drafts)).toHaveLength(2);
  });

  it('takes a file that was put there, or changed, by other means as an object', async () => {
    await mkdir(join(root, 'in'), { recursive: true });
    await writeFile(join(root, 'in/a.mkv'), 'first');
    const first = await store.stat('in', 'a.mkv');
    expect(first).toMatchObject({ size: 5, metadata: {} });
    const access = await store.readAccess('in', 'a.mkv', { etag: first?.etag ?? '', seconds: 1 });
    expect(access).toEqual({ kind: 'file', path: join(root, 'in/a.mkv') });

    await store.put('in', 'a.mkv', Buffer.from('ours!'), options);
    await writeFile(join(root, 'in/a.mkv'), 'theirs');
    expect(await store.stat('in', 'a.mkv')).toMatchObject({ size: 6, metadata: {} });
    await expect(store.readAccess('in', 'a.mkv', { etag: first?.etag ?? '', seconds: 1 })).rejects.toMatchObject({
      code: 'SOURCE_SUPERSEDED',
    });
    await rm(join(root, 'in/a.mkv'));
    await expect(store.readAccess('in', 'a.mkv', { etag: 'x', seconds: 1 })).rejects.toMatchObject({ code: 'SOURCE_GONE' });
  });

  it('lists by prefix in the order of keys as bytes', async () => {
    for (const key of ['b', 'a/c', 'a/b/c', 'a.b', 'é', 'Z']) await store.put('out', key, Buffer.from(key), options);
    const keys = async (prefix: string) => (await collect(store.list('out', prefix))).map(({ key }) => key);
    expect(await keys('')).toEqual(['Z', 'a.b', 'a/b/c', 'a/c', 'b', 'é']);
    expect(await keys('a/')).toEqual(['a/b/c', 'a/c']);
    expect((await collect(store.list('out', 'b')))[0]?.metadata).toEqual({ 'gst-job': 'ü 100%' });
    expect(await collect(store.list('nothing', ''))).toEqual([]);
  });

  it('cannot have an object below an object', async () => {
    await store.put('out', 'a', Buffer.from('x'), options);
    await expect(store.put('out', 'a/b', Buffer.from('x'), options)).rejects.toMatchObject({
      code: 'STORAGE_KEY_INVALID',
      class: 'permanent',
    });
    expect(await readdir(join(root, '.gst-functions/drafts'))).toEqual([]);
  });

  it('refuses metadata that MinIO would refuse', async () => {
    const much = { ...options, metadata: { long: 'x'.repeat(3000) } };
    await expect(store.put('out', 'a', Buffer.from('x'), much)).rejects.toMatchObject({ code: 'STORAGE_METADATA' });
  });
});
