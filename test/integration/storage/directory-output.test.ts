import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createDirectoryStore,
  createMinioStore,
  manifestKey,
  type ObjectStore,
  readManifest,
  uploadDirectory,
} from '../../../lib/storage/index.ts';
import { collect } from '../../support/collect.ts';
import { type MinioServer, startMinio } from '../../support/minio.ts';

const bucket = 'streams';
const prefix = 'hls/film/';
const media = (...segments: string[]) =>
  `#EXTM3U\n#EXT-X-TARGETDURATION:2\n${segments.map((name) => `#EXTINF:2,\n${name}\n`).join('')}#EXT-X-ENDLIST\n`;
const master = '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhd/index.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2\nsd/index.m3u8\n';
const film: Record<string, string> = {
  'master.m3u8': master,
  'hd/index.m3u8': media('0.ts', '1.ts'),
  'hd/0.ts': 'hd zero',
  'hd/1.ts': 'hd one',
  'sd/index.m3u8': media('0.ts'),
  'sd/0.ts': 'sd zero',
  'stream.mpd': '<MPD/>',
  'empty.vtt': '',
};

let minio: MinioServer;
let root: string;
let folder: string;

beforeAll(async () => {
  minio = await startMinio({ buckets: [bucket] });
});
afterAll(() => minio?.stop());
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gst-streams-'));
  folder = join(root, 'out');
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

async function write(files: Record<string, string>) {
  await rm(folder, { recursive: true, force: true });
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

const stores: Array<[name: string, make: () => ObjectStore]> = [
  ['MinIO', () => createMinioStore(minio.address, minio)],
  ['a directory', () => createDirectoryStore(join(root, 'store'))],
];

describe.each(stores)('a directory output on %s', (_name, make) => {
  let store: ObjectStore;
  /** Keys in the order in which they became visible, and went. */
  let moves: string[];
  let stopAt: string | undefined;

  beforeEach(async () => {
    const real = make();
    moves = [];
    stopAt = undefined;
    const note = (sign: string, key: string) => {
      if (key === stopAt) throw new Error(`stopped at ${key}`);
      moves.push(sign + key.slice(prefix.length));
    };
    store = {
      ...real,
      upload(inBucket, key, path, options) {
        const upload = real.upload(inBucket, key, path, options);
        const complete = async (signal?: AbortSignal) => {
          note('+', key);
          return upload.complete(signal);
        };
        return { ...upload, begin: upload.begin, finish: upload.finish, abort: upload.abort, complete, bytesSent: 0 };
      },
      async put(inBucket, key, body, options) {
        note('+', key);
        return real.put(inBucket, key, body, options);
      },
      async remove(inBucket, key) {
        note('-', key);
        return real.remove(inBucket, key);
      },
    };
    for (const { key } of await collect(real.list(bucket, ''))) await real.remove(bucket, key);
  });
  afterEach(() => store.close());

  const send = (job = 'job-1') =>
    uploadDirectory(store, bucket, prefix, folder, {
      job,
      options: (key) => ({
        contentType: key.endsWith('.m3u8') ? 'application/vnd.apple.mpegurl' : 'video/mp2t',
        metadata: { 'gst-job': job },
      }),
    });
  const names = async () => (await collect(store.list(bucket, prefix))).map(({ key }) => key.slice(prefix.length)).sort();

  it('comes as segments, media playlists, master playlists, and last the manifest', async () => {
    await write(film);
    const stored = await send();
    const at = (name: string) => moves.indexOf(`+${name}`);
    expect(moves).toHaveLength(9);
    expect(Math.max(...['hd/0.ts', 'hd/1.ts', 'sd/0.ts', 'empty.vtt'].map(at))).toBeLessThan(
      Math.min(at('hd/index.m3u8'), at('sd/index.m3u8')),
    );
    expect(Math.max(at('hd/index.m3u8'), at('sd/index.m3u8'))).toBeLessThan(Math.min(at('master.m3u8'), at('stream.mpd')));
    expect(moves.at(-1)).toBe('+.gst-job.json');
    expect(await store.stat(bucket, manifestKey(prefix))).toMatchObject({
      etag: stored.etag,
      contentType: 'application/json',
      metadata: { 'gst-job': 'job-1' },
    });
    const manifest = await readManifest(store, bucket, prefix);
    expect(manifest?.job).toBe('job-1');
    expect(manifest?.files.map(({ name }) => name)).toEqual(Object.keys(film).sort());
    for (const { name, size, etag, contentType } of manifest?.files ?? []) {
      expect(await store.stat(bucket, prefix + name)).toMatchObject({
        size,
        etag,
        contentType,
        metadata: { 'gst-job': 'job-1' },
      });
      expect(Buffer.from((await store.get(bucket, prefix + name)) ?? []).toString()).toBe(film[name]);
    }
  });

  it('of a later run takes away what only the run before had', async () => {
    await write(film);
    await send();
    await store.put(bucket, `${prefix}hd/notes.txt`, Buffer.from('not ours'), { contentType: 'text/plain', metadata: {} });
    moves = [];
    await write({ 'hd/index.m3u8': media('0.ts'), 'hd/0.ts': 'new zero' });
    await send('job-2');
    expect(await names()).toEqual(['.gst-job.json', 'hd/0.ts', 'hd/index.m3u8', 'hd/notes.txt']);
    const removed = moves.filter((move) => move.startsWith('-'));
    expect(removed.slice(0, 3).sort()).toEqual(['-master.m3u8', '-sd/index.m3u8', '-stream.mpd']);
    expect(moves.indexOf('+hd/index.m3u8')).toBeLessThan(moves.indexOf('-master.m3u8'));
  });

  it('is done again where it was stopped, and sends only what is not there', async () => {
    await write(film);
    stopAt = `${prefix}master.m3u8`;
    await expect(send()).rejects.toThrow('stopped at');
    expect(await names()).not.toContain('.gst-job.json');
    expect(await names()).toContain('hd/index.m3u8');
    stopAt = undefined;
    moves = [];
    await send();
    expect(moves.filter((move) => move !== '+stream.mpd')).toEqual(['+master.m3u8', '+.gst-job.json']);
    // the same names with other content are other files
    moves = [];
    await write({ ...film, 'hd/0.ts': 'HD ZERO' });
    await send();
    expect(moves).toEqual(['+hd/0.ts', '+.gst-job.json']);
  });

  it('knows a large file again by the etag of its parts', async () => {
    await write(film);
    await writeFile(join(folder, 'big.mp4'), 'x');
    await truncate(join(folder, 'big.mp4'), 20 * 1024 * 1024);
    stopAt = `${prefix}master.m3u8`;
    await expect(send()).rejects.toThrow('stopped at');
    stopAt = undefined;
    moves = [];
    await send();
    expect(moves.filter((move) => move !== '+stream.mpd')).toEqual(['+master.m3u8', '+.gst-job.json']);
  });

  it('that is empty, holds a link, or the name of the manifest, is a permanent fault and shows nothing', async () => {
    await mkdir(folder);
    await expect(send()).rejects.toMatchObject({ code: 'OUTPUT_EMPTY', class: 'permanent' });
    await write(film);
    await symlink('/etc/hostname', join(folder, 'hd/2.ts'));
    await expect(send()).rejects.toMatchObject({ code: 'STORAGE_WRITE', class: 'permanent' });
    await write({ ...film, '.gst-job.json': '{}' });
    await expect(send()).rejects.toMatchObject({ code: 'STORAGE_WRITE', class: 'permanent' });
    expect(await names()).toEqual([]);
  });

  it('takes no orders from a manifest that it cannot read', async () => {
    await store.put(bucket, manifestKey(prefix), Buffer.from('{"files": [{"name": 7}]}'), {
      contentType: 'text/plain',
      metadata: {},
    });
    await write(film);
    await send();
    expect((await readManifest(store, bucket, prefix))?.job).toBe('job-1');
  });
});
