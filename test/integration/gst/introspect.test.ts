import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { childFiles } from '../../../lib/gst/entry.ts';
import { introspect } from '../../../lib/gst/introspect.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'introspect-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs in place of the process that asks GStreamer; `kill(name)` ends it as a crash does. */
async function asking(script: string) {
  const introspectFile = join(folder, 'asking.mjs');
  const head = `
    import { writeSync } from 'node:fs';
    const tell = (message) => writeSync(1, JSON.stringify(message) + '\\n');
    const element = (name) => ({ element: { name, klass: '', pads: [], properties: {}, childProxy: false } });
    const leftOut = process.argv.slice(2);
    const kill = () => process.kill(process.pid, 'SIGSEGV');
    tell({ version: '1.0.0' });`;
  await writeFile(introspectFile, head + script);
  return introspect({ env: process.env, scratchRoot: folder, files: { ...childFiles(), introspect: introspectFile } });
}

describe('asking GStreamer for its elements', () => {
  it('goes on without the elements that crash, one after the other, and says which', async () => {
    const said = await asking(`
      for (const name of ['a', 'bad', 'worse', 'z']) {
        if (leftOut.includes(name)) continue;
        tell({ at: name });
        if (name === 'bad' || name === 'worse') { writeSync(1, '{"element":{"na'); kill(); }
        else tell(element(name));
      }`);
    expect(said.elements.map(({ name }) => name)).toEqual(['a', 'z']);
    expect(said.leftOut).toEqual(['bad', 'worse'].map((name) => ({ name, cause: 'it ended by SIGSEGV' })));
  });

  it('says which plugins do not load, and passes over what they print', async () => {
    const said = await asking(`
      writeSync(1, 'hello from a plugin\\n');
      tell({ at: 'a' });
      tell({ unloadable: 'a', cause: 'no library' });`);
    expect(said).toEqual({ version: '1.0.0', elements: [], leftOut: [{ name: 'a', cause: 'no library' }] });
  });

  it('fails where the process ends before the first element', async () => {
    await expect(asking('kill();')).rejects.toMatchObject({ code: 'CHILD_START', message: expect.stringContaining('SIGSEGV') });
  });
});
