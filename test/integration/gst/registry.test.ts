import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { childFiles } from '../../../lib/gst/entry.ts';
import { pluginRegistry } from '../../../lib/gst/registry.ts';

let cacheDir: string;
beforeAll(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'gst-registry-'));
});
afterAll(() => rm(cacheDir, { recursive: true, force: true }));

it('the registry of plugins is made where several ask for it at the same time, and nothing else is left', async () => {
  const options = { env: {}, cacheDir, scan: childFiles().scan };
  const [made = '', ...others] = await Promise.all([1, 2, 3].map(() => pluginRegistry(options)));
  expect(others).toEqual([made, made]);
  expect(await readdir(cacheDir)).toEqual([basename(made)]);
  const { size, mtimeMs } = await stat(made);
  expect(size).toBeGreaterThan(100_000);
  expect(await pluginRegistry(options)).toBe(made);
  expect((await stat(made)).mtimeMs, 'made once').toBe(mtimeMs);
});
