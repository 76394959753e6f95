/** A folder with those above it, as `mkdir -p` makes it. */
import fs from 'node:fs';
import { dirname } from 'node:path';

/**
 * In place of Node's own `recursive`, which makes the folder above for ever where that one is there and takes nothing
 * (/proc), and of a file system that can only be read says that there is no such folder.
 *
 * @throws Error of the system, with the path of the folder that cannot be made
 */
export function makeFolder(path: string): void {
  try {
    makeOne(path);
  } catch (error) {
    const above = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === path) throw error;
    makeFolder(above);
    makeOne(path);
  }
}

function makeOne(path: string): void {
  try {
    fs.mkdirSync(path);
  } catch (error) {
    const there = (error as NodeJS.ErrnoException).code === 'EEXIST';
    if (!there || !fs.statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw error;
  }
}
