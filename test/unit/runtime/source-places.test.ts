import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withSourcePlaces } from '../../../lib/runtime/source-places.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gst-source-places-'));
  const source = join(folder, 'fails.ts');
  await writeFile(
    source,
    'interface Unseen {\n  line: number;\n}\n\nexport const fails = () => {\n  throw new Error("on line six");\n};\n',
  );
  const outfile = join(folder, 'fails.js');
  await build({ entryPoints: [source], outfile, format: 'esm', minify: true, sourcemap: 'external', logLevel: 'silent' });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a stack trace of a bundle', () => {
  it('names the line of the source', () => {
    const bundle = join(folder, 'fails.js');
    const column = readFileSync(bundle, 'utf8').indexOf('throw') + 1;
    const stack = `Error: on line six\n    at fails (${pathToFileURL(bundle)}:1:${column})`;
    expect(withSourcePlaces(stack)).toBe('Error: on line six\n    at fails (fails.ts:6:3)');
  });

  it('is left as it is where there is no map', () => {
    const unknown = 'Error: no\n    at one (file:///nowhere/one.js:1:2)\n    at node:internal/two:3:4';
    expect(withSourcePlaces(unknown)).toBe(unknown);
  });
});
