import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../support/until.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  await promisify(execFile)(process.execPath, [join(root, 'scripts/build.ts'), join(folder, 'dist')]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the bundle of an image', () => {
  // the commands of the Containerfile: no other test would see before a deployment that they fail
  it('loads where there are no add-ons, as in the image of all functions but transcode, and its compiled code is kept', async () => {
    const cache = join(folder, 'compile-cache');
    const env = { PATH: process.env.PATH, NODE_COMPILE_CACHE: cache };
    const node = (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: folder, env });
    await copyFile(join(root, 'package.json'), join(folder, 'package.json'));
    await node('dist/warm-up.js');
    expect((await readdir(cache)).length).toBeGreaterThan(0);
    expect((await node('dist/gst-functions.js', '--help')).stdout).toContain('serve');
    for (const name of await readdir(join(root, 'functions'))) {
      if (name === 'transcode') continue;
      const load = `import(process.argv[1]).catch(({ message }) => { console.log(message); process.exit(1); })`;
      await expect(node('--eval', load, join(folder, `dist/${name}.js`)), name).resolves.toBeDefined();
    }
  });

  it('serves the dashboard with every file of its page', async () => {
    const [jobs, transforms] = [join(folder, 'jobs'), join(folder, 'transforms')];
    await mkdir(transforms);
    const env = {
      PATH: process.env.PATH,
      PORT: '0',
      HOST: '127.0.0.1',
      JOBS_DIR: jobs,
      TRANSFORMS_DIR: transforms,
      LOG_FORMAT: 'json',
    };
    const served = spawn(process.execPath, [join(folder, 'dist/gst-functions.js'), 'serve', 'dashboard'], { env });
    try {
      let said = '';
      for (const output of [served.stdout, served.stderr]) output.on('data', (part) => (said += part));
      await until(() => /"port":\d+/.test(said) || served.exitCode !== null);
      const url = `http://127.0.0.1:${/"port":(\d+)/.exec(said)?.[1]}/`;
      expect((await (await fetch(url)).text()).trim()).toMatch(/^<!doctype html>[\s\S]*page\/start\.js/);
      const files = (await readdir(join(root, 'functions/dashboard/page'))).filter((name) => name !== 'index.html');
      expect(files).toContain('main.js');
      const answers = await Promise.all(files.map(async (name) => [name, (await fetch(`${url}page/${name}`)).status]));
      expect(answers).toEqual(files.map((name) => [name, 200]));
      expect(await (await fetch(`${url}health/readiness`)).json()).toMatchObject({ ready: true });
    } finally {
      const ended = once(served, 'exit');
      served.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    }
  });
});
