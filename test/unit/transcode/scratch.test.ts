import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeRunFolder, ownScratch } from '../../../functions/transcode/scratch.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gst-scratch-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the scratch folder of a process', () => {
  it('is its own, and is gone when it is removed', async () => {
    const scratch = await ownScratch(folder);
    await writeFile(join(scratch.path, 'file'), 'x');
    expect(await readdir(folder)).toEqual([basename(scratch.path)]);
    await scratch.remove();
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes away those of processes of this host that have ended, and nothing else', async () => {
    const alive = await ownScratch(folder);
    const others = [`transcode.${hostname()}.${process.pid}.1`, `transcode.${hostname()}.4194303.77`];
    const kept = ['transcode.another-host.4194303.77', 'lost+found', basename(alive.path)];
    for (const name of [...others, ...kept]) await mkdir(join(folder, name, 'run'), { recursive: true });
    await ownScratch(folder);
    expect((await readdir(folder)).sort()).toEqual(kept.sort());
  });
});

describe('the folder of a run', () => {
  it('has the folders of its outputs', async () => {
    const run = join(folder, 'run');
    await makeRunFolder(run, [join(run, 'a'), join(run, 'b')]);
    expect((await readdir(run)).sort()).toEqual(['a', 'b']);
  });

  it('is not there where one of them cannot be made', async () => {
    const run = join(folder, 'run');
    const making = makeRunFolder(run, [join(run, 'a'), join(run, 'no', 'such', 'folder')]);
    await expect(making).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(folder)).toEqual([]);
  });
});
