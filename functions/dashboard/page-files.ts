/** The files of the page, read once: they lie beside this module, and beside its bundle. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';

export interface PageFile {
  body: Uint8Array<ArrayBuffer>;
  type: string;
  etag: string;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** By path: `/` is the page itself. */
export async function readPage(folder: URL = pageFolder()): Promise<ReadonlyMap<string, PageFile>> {
  const files = new Map<string, PageFile>();
  for (const name of await readdir(folder)) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const body = new Uint8Array(await readFile(new URL(name, folder)));
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    files.set(name === 'index.html' ? '/' : `/page/${name}`, { body, type, etag });
  }
  return files;
}

/** scripts/build.ts puts the folder beside the bundles under a name of its own, for they all lie flat. */
function pageFolder(): URL {
  const bundled = import.meta.url.endsWith('.js');
  return new URL(bundled ? './dashboard-page/' : './page/', import.meta.url);
}
