/** The files that a pipeline left in its output folder. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../errors.ts';
import { sizeOf } from './file-range.ts';
import { type Stage, stageOf } from './playlist.ts';

export interface OutputFile {
  /** Path below the folder, with `/`. */
  name: string;
  path: string;
  size: number;
  stage: Stage;
}

/** All of them, subfolders included, in the order of their names. */
export async function outputFiles(folder: string): Promise<OutputFile[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files: OutputFile[] = [];
  for (const entry of entries) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(join(folder, '/').length);
    // a link would send what it points to, which may be no output at all
    if (!entry.isFile()) throw new Fault('STORAGE_WRITE', { key: name, cause: 'it is no plain file' }, { class: 'permanent' });
    files.push({ name, path, size: await sizeOf(path), stage: await stageOf(path) });
  }
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}
