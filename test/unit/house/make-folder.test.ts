import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../../../lib/make-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'make-folder-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const at = (...parts: string[]) => join(root, ...parts);
writeFileSync(at('file'), '');
mkdirSync(at('real'));
symlinkSync('real', at('link'));
symlinkSync('/nonexistent/disk', at('dangling'));

describe('makeFolder', () => {
  it.each([
    ['one', at('one')],
    ['those above it', at('a', 'b', 'c')],
    ['one that is there', at('real')],
    ['what a link leads to', at('link', 'below')],
    ['one with a slash at its end', `${at('slash', 'end')}/`],
    ['the root', '/'],
  ])('makes %s', (_name, path) => {
    makeFolder(path);
    expect(statSync(path).isDirectory()).toBe(true);
  });

  it.each([
    ['a file', at('file'), 'EEXIST', at('file')],
    ['below a file', at('file', 'a', 'b'), 'ENOTDIR', at('file', 'a', 'b')],
    ['a link that leads nowhere', at('dangling'), 'EEXIST', at('dangling')],
    ['below a link that leads nowhere', at('dangling', 'a', 'b'), 'EEXIST', at('dangling')],
    ['where nothing can be made', '/proc/x/y/z', 'ENOENT', '/proc/x'],
  ])('names what is in the way: %s', (_name, path, code, place) => {
    expect(() => makeFolder(path)).toThrow(expect.objectContaining({ code, path: place }));
    expect(existsSync(path) && statSync(path).isDirectory()).toBe(false);
  });
});
