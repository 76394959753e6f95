import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type Book, createBook } from '../../../functions/dispatcher/book.ts';
import { dispatcher } from '../../../functions/dispatcher/index.ts';
import { type TransformSource, transformsOfCluster, transformsOfFolder } from '../../../functions/dispatcher/transforms.ts';
import { createKubeClient } from '../../../lib/kubernetes/index.ts';
import { parseTransforms, resolve } from '../../../lib/transform/index.ts';
import { type FakeApiServer, startFakeApiServer } from '../../support/fake-api-server.ts';
import { keptLog, type LogLine } from '../../support/functions.ts';
import { type Fields, transformOf } from '../../support/transforms.ts';
import { until } from '../../support/until.ts';

const bad = { pipeline: { elements: undefined } };
let lines: LogLine[];
let book: Book;
let log: ReturnType<typeof keptLog>['log'];
let source: TransformSource | undefined;
let resolved: string[];
beforeEach(() => {
  ({ log, lines } = keptLog('info'));
  resolved = [];
  book = createBook((resource) => {
    resolved.push(resource.name);
    return resolve(resource);
  }, log);
});
afterEach(async () => {
  await source?.close();
  source = undefined;
});

const matching = () => book.match({ bucket: 'media', key: 'drop/a.mkv', size: 1 }).map(({ ref }) => ref.name);
const holds = (...names: string[]) => until(() => matching().sort().join() === names.join());
const faults = () => lines.filter(({ level }) => level === 'warn');

describe('Transforms of a folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gst-transforms-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  const write = (file: string, ...documents: Array<Fields | string>) =>
    writeFile(join(folder, file), documents.map((one) => (typeof one === 'string' ? one : stringify(one))).join('---\n'));
  const start = async () => {
    source = await transformsOfFolder(folder, book, log);
  };

  it('are there at the start: of every YAML file, of folders within, and nothing else', async () => {
    await mkdir(join(folder, 'more'));
    await mkdir(join(folder, '.drafts'));
    await write('a.yaml', transformOf({ name: 'a' }), transformOf({ name: 'b' }));
    await write('more/c.yml', transformOf({ name: 'c' }));
    await write('.drafts/d.yaml', transformOf({ name: 'd' }));
    await write('.e.yaml', transformOf({ name: 'e' }));
    await write('f.txt', transformOf({ name: 'f' }));
    await write('secret.yaml', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { key: 'value' } });
    await start();
    expect(source?.ready()).toBe(true);
    expect(matching()).toEqual(['a', 'b', 'c']);
    expect(faults()).toEqual([]);
  });

  it('are read again when a file comes, changes or goes', async () => {
    await write('a.yaml', transformOf({ name: 'a' }));
    await start();
    await write('b.yaml', transformOf({ name: 'b' }));
    await holds('a', 'b');
    await write('a.yaml', transformOf({ name: 'a', spec: { src: { minio: { key: 'elsewhere/' } } } }));
    await holds('b');
    await rm(join(folder, 'b.yaml'));
    await holds();
    await write('draft', transformOf({ name: 'c' }));
    await rename(join(folder, 'draft'), join(folder, 'a.yaml'));
    await holds('c');
  });

  it('are read again when a mounted ConfigMap turns to its next version', async () => {
    for (const version of ['1', '2']) {
      await mkdir(join(folder, `..${version}`));
      await write(`..${version}/a.yaml`, transformOf({ name: `v${version}` }));
    }
    await symlink('..1', join(folder, '..data'));
    await symlink('..data/a.yaml', join(folder, 'a.yaml'));
    await start();
    expect(matching()).toEqual(['v1']);
    await symlink('..2', join(folder, '..next'));
    await rename(join(folder, '..next'), join(folder, '..data'));
    await holds('v2');
  });

  it('are checked once each, as long as their file is the same', async () => {
    await write('a.yaml', transformOf({ name: 'a' }));
    await start();
    await write('b.yaml', transformOf({ name: 'b' }));
    await holds('a', 'b');
    expect(resolved).toEqual(['a', 'b']);
  });

  it('that are at fault are never dispatched, and each fault is told once, with file and line', async () => {
    await write('a.yaml', transformOf({ name: 'a', spec: bad }), transformOf({ name: 'b' }));
    await write('broken.yaml', 'apiVersion: [');
    await start();
    expect(matching()).toEqual(['b']);
    expect(faults().map(({ at, transform }) => [at, transform])).toEqual([
      [expect.stringMatching(/a\.yaml:\d+$/), 'default/a'],
      [expect.stringMatching(/broken\.yaml:\d+$/), undefined],
    ]);
    await write('c.yaml', transformOf({ name: 'c' }));
    await holds('b', 'c');
    expect(faults()).toHaveLength(2);
  });

  it('that are valid no more are dispatched no more', async () => {
    await write('a.yaml', transformOf({ name: 'a' }));
    await start();
    await write('a.yaml', transformOf({ name: 'a', spec: bad }));
    await holds();
    expect(book.counts()).toEqual({ valid: 0, invalid: 1 });
  });

  it('under the same name in two files: the first counts, and the second is told', async () => {
    await write('a.yaml', transformOf({ name: 'same' }));
    await write('b.yaml', transformOf({ name: 'same', spec: { src: { minio: { key: '' } } } }));
    await start();
    expect(book.match({ bucket: 'media', key: 'anywhere', size: 1 })).toEqual([]);
    expect(faults()).toMatchObject([{ rule: 'duplicate-name', at: expect.stringContaining('b.yaml') }]);
  });

  it('stay when the folder goes', async () => {
    await write('a.yaml', transformOf({ name: 'a' }));
    await start();
    await rename(folder, `${folder}-gone`);
    await until(() => lines.some(({ level }) => level === 'warn'));
    expect(matching()).toEqual(['a']);
    await rename(`${folder}-gone`, folder);
  });

  it('are a fault of the settings where there is no folder', async () => {
    const env = { K_SINK: 'http://broker.example/', EVENT_KEY: 'k', LOG_LEVEL: 'silent', TRANSFORMS_DIR: join(folder, 'none') };
    await expect(dispatcher.start(env)).rejects.toMatchObject({
      code: 'SETTINGS_INVALID',
      message: expect.stringContaining('TRANSFORMS_DIR'),
    });
  });

  it('show in readiness', async () => {
    // the catalogue of elements is looked into as well
    const misspelt = { pipeline: { elements: [{ name: 'x246enc' }] } };
    await write('a.yaml', transformOf({ name: 'a' }), transformOf({ name: 'b', spec: misspelt }));
    const env = { K_SINK: 'http://broker.example/', EVENT_KEY: 'k', TRANSFORMS_DIR: folder };
    const { app, close } = await dispatcher.start(env, { log });
    const answer = await app.fetch(new Request('http://dispatcher/health/readiness'));
    expect([answer.status, await answer.json()]).toMatchObject([200, { ready: true, transforms: { valid: 1, invalid: 1 } }]);
    expect(faults()).toMatchObject([{ transform: 'default/b', msg: expect.stringContaining('x264enc') }]);
    await close();
  });
});

describe('a Transform on which the check itself fails', () => {
  it('does not keep the others from being dispatched', async () => {
    const { resources } = parseTransforms(
      [transformOf({ name: 'a' }), transformOf({ name: 'b' })].map((one) => stringify(one)).join('---\n'),
    );
    const shaky = createBook((resource) => {
      if (resource.name === 'a') throw new Error('not foreseen');
      return resolve(resource);
    }, log);
    await shaky.update(resources.map((resource) => ({ resource, version: 1 })));
    expect(shaky.counts()).toEqual({ valid: 1, invalid: 1 });
    expect(lines).toMatchObject([{ level: 'error', transform: 'default/a' }, { level: 'info' }]);
  });
});

describe('many Transforms', () => {
  it('are checked in slices, between which others have their turn', async () => {
    const { resources } = parseTransforms(stringify(transformOf({ name: 'a' })));
    const slow = createBook((resource) => {
      const end = performance.now() + 3;
      while (performance.now() < end);
      return resolve(resource);
    }, log);
    let turns = 0;
    const ticking = setInterval(() => turns++, 0);
    const entries = Array.from({ length: 100 }, (_, n) =>
      resources.map((one) => ({ resource: { ...one, name: `t${n}` }, version: 1 })),
    );
    await slow.update(entries.flat());
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(3);
    expect(slow.counts()).toEqual({ valid: 100, invalid: 0 });
  });
});

describe('Transforms of the cluster', () => {
  let server: FakeApiServer;
  beforeEach(async () => {
    server = await startFakeApiServer();
  });
  afterEach(() => server.close());
  const pathOf = (name: string, plural = 'transforms') => `/apis/pipelines.gst.io/v1/namespaces/tenant/${plural}/${name}`;
  const put = (name: string, spec: Fields = {}, more: Fields = {}) => {
    const { apiVersion: _a, kind: _k, ...object } = transformOf({ name, namespace: 'tenant', spec });
    const metadata = { ...(object.metadata as Fields), uid: name, generation: 1, ...more };
    server.put(pathOf(name), { ...object, metadata });
  };
  const start = async () => {
    source = await transformsOfCluster(book, log, () => createKubeClient(server.load));
  };

  it('are all in the book before the dispatcher is ready', async () => {
    for (const name of ['a', 'b']) put(name);
    await start();
    expect(source?.ready()).toBe(false);
    await until(() => source?.ready() === true);
    expect(matching()).toEqual(['a', 'b']);
  });

  it('are not ready while the API server refuses the list', async () => {
    put('a');
    server.fail(/GET .*\/transforms$/, 503, 1);
    await start();
    await until(() => faults().length > 0);
    expect(source?.ready()).toBe(false);
    await until(() => source?.ready() === true);
    expect(matching()).toEqual(['a']);
  });

  it('follow what changes; a status changes nothing', async () => {
    put('a');
    await start();
    await until(() => source?.ready() === true);
    await until(() => server.watches() === 2);
    put('b', bad);
    await until(() => book.counts().invalid === 1);
    put('b', {}, { generation: 2 });
    await holds('a', 'b');
    put('a', {}, { annotations: { seen: 'yes' } });
    put('c');
    await holds('a', 'b', 'c');
    server.delete(pathOf('a'));
    await holds('b', 'c');
    expect(resolved).toEqual(['a', 'b', 'b', 'c']);
  });

  it('that change while others are checked are checked after them', async () => {
    put('a');
    const checking = Promise.withResolvers<void>();
    let checks = 0;
    const update: Book['update'] = async (entries) => {
      const all = [...entries];
      if (checks++ === 0) await checking.promise;
      await book.update(all);
    };
    let seen = 0;
    const client = await createKubeClient(server.load);
    const informer: typeof client.informer = (resource) => {
      const told = client.informer(resource);
      told.on('change', () => seen++);
      return told;
    };
    source = await transformsOfCluster({ ...book, update }, log, async () => ({ ...client, informer }));
    await until(() => checks === 1 && server.watches() === 2);
    put('b');
    await until(() => seen === 2);
    checking.resolve();
    await holds('a', 'b');
  });

  it('that are made anew under the same name are checked anew', async () => {
    put('a');
    await start();
    await until(() => source?.ready() === true && server.watches() === 2);
    server.delete(pathOf('a'));
    put('a', { suspend: true }, { uid: 'another' });
    await holds();
    expect(book.counts()).toEqual({ valid: 1, invalid: 0 });
  });
});
