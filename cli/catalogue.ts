/** `gst-functions catalogue`: the elements of the GStreamer that is installed here, as the file that checks read. */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compressed, encodeCatalogue } from '../lib/graph/catalogue/index.ts';
import { introspect } from '../lib/gst/introspect.ts';

export async function catalogue({ output, json = false }: { output: string; json?: boolean }): Promise<void> {
  const scratchRoot = await mkdtemp(join(tmpdir(), 'gst-functions-'));
  try {
    const { version, elements, leftOut } = await introspect({ env: process.env, scratchRoot });
    const list = encodeCatalogue(version, elements);
    const bytes = output.endsWith('.br') ? compressed(list) : list;
    await replace(output, bytes);
    if (json) {
      process.stdout.write(`${JSON.stringify({ output, version, elements: elements.length, bytes: bytes.length, leftOut })}\n`);
      return;
    }
    for (const { name, cause } of leftOut) process.stderr.write(`left out: ${name}: ${cause}\n`);
    process.stdout.write(`${output}: GStreamer ${version}, ${elements.length} elements, ${Math.ceil(bytes.length / 1024)} KiB\n`);
  } finally {
    await rm(scratchRoot, { recursive: true, force: true });
  }
}

/** Whole, or as it was; a failure is one of `path`, whatever step it befell. */
async function replace(path: string, bytes: string | Uint8Array): Promise<void> {
  const draft = `${path}.${process.pid}`;
  try {
    await writeFile(draft, bytes);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw Object.assign(error as Error, { path });
  }
}
