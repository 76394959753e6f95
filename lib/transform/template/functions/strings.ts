/** Text. */
import { type Definition, fn, variadic } from '../call.ts';
import { print, type Value } from '../values.ts';
import { byteLength, byteSlice } from './bytes.ts';
import { sprintf } from './printf.ts';
import { quoted } from './quote.ts';
import { camelCase, lowerCase, separated, swapCase, titleCase, upperCase } from './words.ts';

function trunc(length: number, text: string): string {
  const size = byteLength(text);
  if (length < 0 && size + length > 0) return byteSlice(text, size + length, size);
  return length >= 0 && size > length ? byteSlice(text, 0, length) : text;
}

/** goutils.AbbreviateFull. */
function abbreviate(text: string, from: number, width: number): string {
  const size = byteLength(text);
  if (text === '' || width < 4 || size <= width) return width < 4 ? '' : text;
  const offset = Math.min(from, size, size - from < width - 3 ? size - (width - 3) : size);
  if (offset <= 4) return `${byteSlice(text, 0, width - 3)}...`;
  if (width < 7) return '';
  if (offset + width - 3 < size) return `...${abbreviate(byteSlice(text, offset, size), 0, width - 3)}`;
  return `...${byteSlice(text, size - (width - 3), size)}`;
}

function trimSet(text: string, set: string, begin = true, end = true): string {
  const chars = [...text];
  let from = 0;
  let to = chars.length;
  while (begin && from < to && set.includes(chars[from] ?? '')) from++;
  while (end && to > from && set.includes(chars[to - 1] ?? '')) to--;
  return chars.slice(from, to).join('');
}

/** As strings.Split: between all characters where the separator is empty. */
function splitText(text: string, separator: string, most = -1): string[] {
  if (most === 0) return [];
  const parts = separator === '' ? [...text] : text.split(separator);
  if (most < 0 || parts.length <= most) return parts;
  return [...parts.slice(0, most - 1), parts.slice(most - 1).join(separator)];
}

export function texts(value: Value): string[] {
  if (value === null) return [];
  return Array.isArray(value) ? value.filter((entry) => entry !== null).map(print) : [print(value)];
}

const keyed = (parts: string[]): Value => new Map(parts.map((part, index) => [`_${index}`, part]));
const trimmed = /^[\s\u0085\ufeff]*|[\s\u0085]*$/g;

/** Beyond these Go's and JavaScript's idea of white space are the same. */
export function trimSpace(text: string): string {
  return text.replace(trimmed, (space) => (space.includes('\ufeff') ? space.slice(space.indexOf('\ufeff')) : ''));
}

export const strings: Record<string, Definition> = {
  upper: fn(['string'], ([text]) => upperCase(text), 'In upper case.', 'upper .SrcName'),
  lower: fn(['string'], ([text]) => lowerCase(text), 'In lower case.', 'lower .SrcExt'),
  title: fn(['string'], ([text]) => titleCase(text), 'With the first letter of each word in upper case.', 'title "my clip"'),
  untitle: fn(
    ['string'],
    ([text]) => text.replace(/(^|\s)(\S)/gu, (_, space, letter) => space + lowerCase(letter)),
    'With the first letter of each word in lower case.',
    'untitle "My Clip"',
  ),
  swapcase: fn(['string'], ([text]) => swapCase(text), 'With upper and lower case swapped.', 'swapcase "My Clip"'),
  camelcase: fn(
    ['string'],
    ([text]) => camelCase(text),
    'Words joined, each with its first letter in upper case.',
    'camelcase "my_clip"',
  ),
  snakecase: fn(['string'], ([text]) => separated(text, '_'), 'Words in lower case, joined by _.', 'snakecase "MyClip"'),
  kebabcase: fn(['string'], ([text]) => separated(text, '-'), 'Words in lower case, joined by -.', 'kebabcase "MyClip"'),
  trim: fn(['string'], ([text]) => trimSpace(text), 'Without white space at both ends.', 'trim "  a  "'),
  trimAll: fn(
    ['string', 'string'],
    ([set, text]) => trimSet(text, set),
    'Without any of these characters at both ends.',
    'trimAll "_-" "_a-"',
  ),
  trimall: fn(['string', 'string'], ([set, text]) => trimSet(text, set), 'As trimAll.', 'trimall "_-" "_a-"'),
  trimPrefix: fn(
    ['string', 'string'],
    ([prefix, text]) => (text.startsWith(prefix) ? text.slice(prefix.length) : text),
    'Without that beginning.',
    'trimPrefix "drop/" .SrcKey',
  ),
  trimSuffix: fn(
    ['string', 'string'],
    ([suffix, text]) => (suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text),
    'Without that end.',
    'trimSuffix ".mkv" "a.mkv"',
  ),
  nospace: fn(['string'], ([text]) => text.replace(/[\s\u0085]/g, ''), 'Without any white space.', 'nospace "a b c"'),
  trunc: fn(
    ['int', 'string'],
    ([length, text]) => trunc(length, text),
    'The first so many bytes; the last, where the number is negative.',
    'trunc 3 "abcdef"',
  ),
  abbrev: fn(
    ['int', 'string'],
    ([width, text]) => (width < 4 ? text : abbreviate(text, 0, width)),
    'Cut to so many bytes, "..." included.',
    'abbrev 5 "abcdefgh"',
  ),
  abbrevboth: fn(
    ['int', 'int', 'string'],
    ([left, right, text]) => (right < 4 || (left > 0 && right < 7) ? text : abbreviate(text, left, right)),
    'Cut at both sides.',
    'abbrevboth 5 10 "1234 5678 9123"',
  ),
  initials: fn(
    ['string'],
    ([text]) =>
      text
        .split(/\s+/)
        .map((word) => [...word][0] ?? '')
        .join(''),
    'The first letter of each word.',
    'initials "my clip"',
  ),
  substr: fn(
    ['int', 'int', 'string'],
    ([start, end, text]) =>
      byteSlice(text, Math.max(0, start), start >= 0 && (end < 0 || end > byteLength(text)) ? byteLength(text) : end),
    'The bytes from, up to but not with; to the end where the second is negative.',
    'substr 1 3 "abcdef"',
  ),
  repeat: fn(
    ['int', 'string'],
    ([count, text], { room }) => {
      if (count < 0) throw new Error('a negative count');
      room(count * text.length);
      return text.repeat(count);
    },
    'The text so many times.',
    'repeat 3 "ab"',
  ),
  replace: fn(
    ['string', 'string', 'string'],
    ([old, by, text], { room }) => {
      const parts = old === '' ? ['', ...text, ''] : text.split(old);
      room(text.length + parts.length * by.length);
      return parts.join(by);
    },
    'Each occurrence of the first replaced by the second.',
    'replace " " "_" "my clip"',
  ),
  contains: fn(
    ['string', 'string'],
    ([part, text]) => text.includes(part),
    'True where the second holds the first.',
    'contains "raw" .SrcKey',
  ),
  hasPrefix: fn(
    ['string', 'string'],
    ([prefix, text]) => text.startsWith(prefix),
    'True where the second begins with the first.',
    'hasPrefix "drop/" .SrcKey',
  ),
  hasSuffix: fn(
    ['string', 'string'],
    ([suffix, text]) => text.endsWith(suffix),
    'True where the second ends with the first.',
    'hasSuffix ".mkv" .SrcKey',
  ),
  quote: variadic(
    [],
    'any',
    (values) =>
      values
        .filter((value) => value !== null)
        .map((value) => quoted(print(value)))
        .join(' '),
    'Each in double quotes.',
    'quote "a"',
  ),
  squote: variadic(
    [],
    'any',
    (values) =>
      values
        .filter((value) => value !== null)
        .map((value) => `'${print(value)}'`)
        .join(' '),
    'Each in single quotes.',
    'squote "a"',
  ),
  cat: variadic(
    [],
    'any',
    (values) =>
      values
        .filter((value) => value !== null)
        .map(print)
        .join(' '),
    'Joined by spaces.',
    'cat "a" 1',
  ),
  indent: fn(
    ['int', 'string'],
    ([width, text], { room }) => {
      room(width);
      return text.replace(/^/gm, ' '.repeat(Math.max(0, width)));
    },
    'Each line after so many spaces.',
    'indent 2 "a"',
  ),
  plural: fn(
    ['string', 'string', 'int'],
    ([one, many, count]) => (count === 1 ? one : many),
    'The first for 1, else the second.',
    'plural "clip" "clips" 2',
  ),
  splitList: fn(
    ['string', 'string'],
    ([separator, text]) => splitText(text, separator),
    'The parts between a separator, as a list.',
    'splitList "/" .SrcKey',
  ),
  split: fn(
    ['string', 'string'],
    ([separator, text]) => keyed(splitText(text, separator)),
    'The parts between a separator, as ._0, ._1 and so on.',
    '(split "/" "x/y")._1',
  ),
  splitn: fn(
    ['string', 'int', 'string'],
    ([separator, most, text]) => keyed(splitText(text, separator, most)),
    'As split, into so many parts at most.',
    '(splitn "/" 2 "x/y/z")._1',
  ),
  join: fn(
    ['string', 'any'],
    ([separator, list], { room }) => {
      const parts = texts(list);
      room(parts.reduce((length, part) => length + part.length + separator.length, 0));
      return parts.join(separator);
    },
    'The entries of a list, with a separator between.',
    'join "-" (list "a" "b")',
  ),
  sortAlpha: fn(
    ['any'],
    ([list]) => texts(list).toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    'The entries in the order of their bytes.',
    'sortAlpha (list "b" "a")',
  ),
  toString: fn(['any'], ([value]) => print(value), 'As text.', 'toString 12'),
  toStrings: fn(['any'], ([value]) => texts(value), 'Each entry as text.', 'toStrings (list 1 2)'),
  print: variadic(
    [],
    'any',
    (values) =>
      values
        .map(
          (value, index) =>
            (index > 0 && typeof value !== 'string' && typeof values[index - 1] !== 'string' ? ' ' : '') + print(value),
        )
        .join(''),
    'All in a row; a space between two that are no text.',
    'print .SrcName "-" 1',
  ),
  printf: variadic(
    ['string'],
    'any',
    ([format, ...values], { room }) => sprintf(format, values, room),
    "As Go's fmt.Sprintf.",
    'printf "%s-%03d" .SrcName 7',
  ),
  urlquery: variadic(
    [],
    'any',
    (values) =>
      encodeURIComponent(values.map(print).join(''))
        .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
        .replaceAll('%20', '+'),
    'Encoded for the query of a URL.',
    'urlquery "a b"',
  ),
};
