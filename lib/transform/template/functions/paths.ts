/** Paths of keys, as Go's path package takes them. */
import { posix } from 'node:path';
import { type Definition, fn } from '../call.ts';

/** path.Clean. */
function cleanPath(path: string): string {
  const clean = posix.normalize(path);
  return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean;
}

/** path.Base. */
export function basePath(path: string): string {
  if (path === '') return '.';
  const trimmed = path.replace(/\/+$/, '');
  return trimmed === '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

/** path.Ext: from the last dot of the last segment. */
export function extension(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot === -1 ? '' : name.slice(dot);
}

function directory(path: string): string {
  return cleanPath(path.slice(0, path.lastIndexOf('/') + 1));
}

const base = fn(['string'], ([path]) => basePath(path), 'The last segment.', 'base "x/y/a.mkv"');
const dir = fn(
  ['string'],
  ([path]) => directory(path),
  'All but the last segment; "." where there is one only.',
  'dir "x/y/a.mkv"',
);
const clean = fn(['string'], ([path]) => cleanPath(path), 'The shortest path that means the same.', 'clean "x/./y/../a.mkv"');
const ext = fn(['string'], ([path]) => extension(path), 'The extension, with its dot.', 'ext "x/y/a.mkv"');
const isAbs = fn(['string'], ([path]) => path.startsWith('/'), 'True where the path begins with /.', 'isAbs "/x"');

export const paths: Record<string, Definition> = {
  base,
  dir,
  clean,
  ext,
  isAbs,
  osBase: base,
  osDir: dir,
  osClean: clean,
  osExt: ext,
  osIsAbs: isAbs,
};
