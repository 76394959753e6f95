/** Transforms that name another address of this MinIO, copied with its own: what they were written for is kept. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { watchFolder } from '../../lib/folder/index.ts';

export interface Mirror {
  close(): Promise<void>;
}

export interface MirrorOptions {
  from: string;
  to: string;
  /** Addresses (`host:port`) in place of which `address` is written. */
  aliases: readonly string[];
  address: string;
  log: Logger;
}

/** Keeps the copy like the original while that changes. Lines stay where they are. */
export async function mirrorTransforms({ from, to, aliases, address, log }: MirrorOptions): Promise<Mirror> {
  const written = new Set<string>();
  let begun = false;
  let work: Promise<void> = Promise.resolve();
  const copy = async () => {
    const there = files.files();
    for (const { path, text } of there) {
      const target = join(to, path);
      await mkdir(join(target, '..'), { recursive: true });
      await writeFile(target, replaceAddresses(text, aliases, address));
    }
    const paths = new Set(there.map(({ path }) => path));
    for (const path of written) if (!paths.has(path)) await rm(join(to, path), { force: true });
    written.clear();
    for (const path of paths) written.add(path);
  };
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  const files = await watchFolder(from, {
    extensions: ['.yaml', '.yml', '.json'],
    log,
    onChange() {
      if (!begun) return;
      work = work.then(copy).catch((error: unknown) => log.warn({ err: error }, 'Transforms not copied'));
    },
  });
  begun = true;
  await copy();
  return {
    async close() {
      await files.close();
      await work;
    },
  };
}

/** Whole addresses only: `a:9000` is neither in `aa:9000` nor in `a:90001`. */
export function replaceAddresses(text: string, aliases: readonly string[], address: string): string {
  const escaped = aliases.map((alias) => alias.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  if (escaped.length === 0) return text;
  return text.replace(new RegExp(`(?<![\\w.-])(?:${escaped.join('|')})(?![\\w.-])`, 'g'), address);
}
