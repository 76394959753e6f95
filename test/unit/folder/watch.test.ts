import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FolderOptions, type WatchedFolder, watchFolder } from '../../../lib/folder/index.ts';
import { until } from '../../support/until.ts';

const log = pino({ level: 'silent' });
const never = 3_600_000; // ms
let folder: string;
let watched: WatchedFolder;
let changes: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'folder-'));
  changes = 0;
});
afterEach(async () => {
  await watched.close();
  await rm(folder, { recursive: true, force: true });
});

const write = (path: string, text: string) => writeFile(join(folder, path), text);
const texts = () => Object.fromEntries(watched.files().map(({ path, text }) => [path, text]));
async function start(options: Partial<FolderOptions> = {}) {
  watched = await watchFolder(folder, { extensions: ['.yaml', '.json'], onChange: () => changes++, log, ...options });
}

describe('a watched folder', () => {
  it('has read what is there when it is made: files of its extensions, at any depth, no drafts', async () => {
    await mkdir(join(folder, 'deep/er'), { recursive: true });
    for (const path of ['b.yaml', 'deep/er/a.json', 'c.txt', '.draft.yaml']) await write(path, path);
    await start();
    expect(texts()).toEqual({ 'b.yaml': 'b.yaml', 'deep/er/a.json': 'deep/er/a.json' });
  });

  it('passes over what is no file, such as a pipe, of which nothing may ever come', async () => {
    await promisify(execFile)('mkfifo', [join(folder, 'pipe.yaml')]);
    await write('a.yaml', '1');
    await symlink('a.yaml', join(folder, 'link.yaml')); // as a mounted ConfigMap has them
    await start();
    expect(texts()).toEqual({ 'a.yaml': '1', 'link.yaml': '1' });
  });

  const ways: Array<[name: string, options: Partial<FolderOptions>]> = [
    ['told by the kernel', { poll: never, debounce: 5 }],
    ['found by looking', { poll: 10, debounce: never }],
  ];
  it.each(ways)('shows a file that came, changed, was put in place by a rename, and went: %s', async (_name, options) => {
    await write('a.yaml', '1');
    await start(options);
    await write('b.yaml', 'new');
    await until(() => texts()['b.yaml'] === 'new');
    await write('a.yaml', '2');
    await until(() => texts()['a.yaml'] === '2');
    await write('.a.draft', '3');
    await rename(join(folder, '.a.draft'), join(folder, 'a.yaml'));
    await until(() => texts()['a.yaml'] === '3');
    await rm(join(folder, 'b.yaml'));
    await until(() => !('b.yaml' in texts()));
    await mkdir(join(folder, 'in'));
    await write('in/c.yaml', '1');
    await until(() => texts()['in/c.yaml'] === '1');
    await write('.elsewhere', '2');
    await rename(join(folder, '.elsewhere'), join(folder, 'in/c.yaml'));
    await until(() => texts()['in/c.yaml'] === '2');
    await rm(join(folder, 'in/c.yaml'));
    await until(() => !('in/c.yaml' in texts()));
    expect(changes).toBeGreaterThanOrEqual(8);
  });

  it('keeps the object of a file that did not change, and is quiet when nothing did', async () => {
    await write('a.yaml', '1');
    await start({ poll: never, debounce: never });
    const [before] = watched.files();
    const told = changes;
    await watched.refresh();
    expect(changes).toBe(told);
    await write('b.yaml', '1');
    await watched.refresh();
    expect(watched.files()[0]).toBe(before);
    expect(changes).toBe(told + 1);
  });

  it('keeps what it knew while the folder is away, and goes on when it is back', async () => {
    await write('a.yaml', '1');
    await start({ poll: 10 });
    // all at once: a look between the end of the file and that of the folder would find an empty folder
    await rename(folder, `${folder}-gone`);
    await until(() => !watched.ready());
    expect(texts()).toEqual({ 'a.yaml': '1' });
    await mkdir(folder);
    await write('a.yaml', '2');
    await until(() => watched.ready() && texts()['a.yaml'] === '2');
    await rm(`${folder}-gone`, { recursive: true });
  });
});
