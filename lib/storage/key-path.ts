/** Keys as paths below a folder: readable, one path for each key, and none that leads out. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Fault } from '../errors.ts';

const longestName = 255; // bytes that file systems allow
const keptOfLong = 150;

/**
 * The path of a key, `/` parting folders. Percent-encoded is only what could not stand: control characters, a `%` that
 * would read as an escape, and the parts `.`, `..` and the empty one (`%00`). Of a part that is too long the end is a hash.
 *
 * @throws Fault STORAGE_KEY_INVALID for a key with a NUL, which no S3 takes either
 */
export function pathOfKey(key: string): string {
  if (key === '' || key.includes('\0'))
    throw new Fault('STORAGE_KEY_INVALID', { key, address: 'the directory', cause: 'it is empty or holds a NUL' });
  return join(...key.split('/').map(nameOfPart));
}

function nameOfPart(part: string): string {
  if (part === '') return '%00';
  if (part === '.' || part === '..') return part.replaceAll('.', '%2E');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const name = part.replace(/[\x01-\x1f\x7f]|%(?=[0-9A-Fa-f]{2})/g, escaped);
  if (Buffer.byteLength(name) <= longestName) return name;
  const hash = createHash('sha256').update(part).digest('hex');
  return `${Buffer.from(name)
    .subarray(0, keptOfLong)
    .toString('utf8')
    .replace(/\ufffd+$/, '')}%7E${hash}`;
}

const escaped = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** The key behind a path; for parts that were too long only the record beside the object knows it. */
export function keyOfPath(path: string): string {
  return path
    .split('/')
    .map((name) =>
      name === '%00' ? '' : name.replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    )
    .join('/');
}
