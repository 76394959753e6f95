/** Keys that no object should have. */

/** Longest key of an object, in bytes of UTF-8. */
export const longestKey = 1024;

/** Why `key` cannot be written to, as the end of a sentence that begins with the key; undefined where it can. */
export function keyFault(key: string): string | undefined {
  if (key === '') return 'is empty';
  if (key.startsWith('/')) return 'begins with "/"';
  if (!key.isWellFormed()) return 'is not valid Unicode';
  const bytes = Buffer.byteLength(key);
  if (bytes > longestKey) return `has ${bytes} bytes; at most ${longestKey} are allowed`;
  if (key.endsWith('\n')) return 'ends in a line break, which a block of text keeps unless it begins with `|-` or `>-`';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\x00-\x1f\x7f]/.test(key)) return 'has a control character';
  const segments = key.split('/');
  if (segments.includes('..')) return 'climbs out of its folder by ".."';
  if (segments.includes('.')) return 'has "." as a segment, which storage servers do not keep';
  if (segments.slice(0, -1).includes('')) return 'has an empty segment ("//"), which storage servers do not keep';
  return undefined;
}
