/** Real cases from public repositories, where they lie beside the project (docs of each part are with it). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = process.env.GST_FUNCTIONS_CORPUS || fileURLToPath(new URL('../../../shared/corpus', import.meta.url));

/** Path of a file of the corpus. */
export const corpusPath = (...names: string[]): string => join(folder, ...names);

/** What a description file of the corpus holds. The tier fails where the corpus is missing: nothing is skipped in silence. */
export function readCorpus<T>(name: string): T {
  const path = corpusPath(name);
  if (!existsSync(path)) throw new Error(`there is no corpus at ${folder}: set GST_FUNCTIONS_CORPUS to its folder`);
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}
