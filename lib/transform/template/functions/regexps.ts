/** Regular expressions in RE2 syntax, as Go's regexp package takes them. */
import { RE2JS } from 're2js';
import { type Definition, fn } from '../call.ts';

/** Compiled ones are kept: a template uses few, again and again. */
const kept = new Map<string, RE2JS>();
const mostKept = 200;
/** Longest expression: its size multiplies the work of a match. */
const longest = 500;

function compile(text: string): RE2JS {
  const known = kept.get(text);
  if (known) return known;
  if (text.length > longest) throw new Error(`a regular expression of more than ${longest} characters`);
  const compiled = RE2JS.compile(text);
  if (kept.size >= mostKept) kept.clear();
  kept.set(text, compiled);
  return compiled;
}

interface Found {
  start: number;
  end: number;
  group: (name: string) => string;
}

/** Go's rule: an empty match right after another match does not count. */
function* matches(expression: string, text: string): Generator<Found> {
  const pattern = compile(expression);
  const matcher = pattern.matcher(text);
  const names = pattern.namedGroups();
  let last = -1;
  while (matcher.find()) {
    const [start, end] = [matcher.start(), matcher.end()];
    if (start === end && start === last) continue;
    last = end;
    const group = (name: string): string => {
      const number = /^\d+$/.test(name) ? Number(name) : names[name];
      return number === undefined || number > matcher.groupCount() ? '' : (matcher.group(number) ?? '');
    };
    yield { start, end, group };
  }
}

/** Regexp.Expand: $1, ${1}, $name, ${name}, $$. */
function expand(by: string, group: Found['group']): string {
  return by.replace(/\$(?:(\$)|\{(\w+)\}|(\w+))/g, (_, dollar, braced, bare) => dollar ?? group(braced ?? bare));
}

function replaceAll(expression: string, text: string, by: (found: Found) => string, room: (length: number) => void): string {
  let [out, end] = ['', 0];
  for (const found of matches(expression, text)) {
    out += text.slice(end, found.start) + by(found);
    end = found.end;
    room(out.length);
  }
  return out + text.slice(end);
}

function findAll(expression: string, text: string, most: number): string[] {
  const found: string[] = [];
  if (most === 0) return found;
  for (const { start, end } of matches(expression, text)) {
    found.push(text.slice(start, end));
    if (found.length === most) break;
  }
  return found;
}

function find(expression: string, text: string): string {
  return findAll(expression, text, 1)[0] ?? '';
}

/** Regexp.Split. */
function split(expression: string, text: string, most: number): string[] {
  if (most === 0) return [];
  if (expression.length > 0 && text === '') return [''];
  const parts: string[] = [];
  let begin = 0;
  let end = 0;
  for (const found of matches(expression, text)) {
    if (most > 0 && parts.length === most - 1) break;
    end = found.start;
    if (found.end !== 0) parts.push(text.slice(begin, end));
    begin = found.end;
  }
  if (end !== text.length) parts.push(text.slice(begin));
  return parts;
}

const plain = {
  regexMatch: fn(
    ['string', 'string'],
    ([expression, text]) => compile(expression).test(text),
    'True where the expression matches somewhere in the text.',
    'regexMatch "^a[0-9]+$" "a12"',
  ),
  regexFind: fn(
    ['string', 'string'],
    ([expression, text]) => find(expression, text),
    'The first match, or "".',
    'regexFind "[0-9]+" "a12b3"',
  ),
  regexFindAll: fn(
    ['string', 'string', 'int'],
    ([expression, text, most]) => findAll(expression, text, most),
    'So many matches at most; all, where the number is negative.',
    'regexFindAll "[0-9]+" "a12b3" -1',
  ),
  regexReplaceAll: fn(
    ['string', 'string', 'string'],
    ([expression, text, by], { room }) => replaceAll(expression, text, ({ group }) => expand(by, group), room),
    'Each match replaced; $1 is the first group.',
    'regexReplaceAll "([a-z])([0-9])" "a1b2" "$2$1"',
  ),
  regexReplaceAllLiteral: fn(
    ['string', 'string', 'string'],
    ([expression, text, by], { room }) => replaceAll(expression, text, () => by, room),
    'Each match replaced by that very text.',
    'regexReplaceAllLiteral "[0-9]" "a1b2" "$"',
  ),
  regexSplit: fn(
    ['string', 'string', 'int'],
    ([expression, text, most]) => split(expression, text, most),
    'The parts between matches.',
    'regexSplit "[,;]" "a,b;c" -1',
  ),
};

const must = Object.fromEntries(
  Object.entries(plain).map(([name, definition]) => [`must${name.charAt(0).toUpperCase()}${name.slice(1)}`, definition]),
);

export const regexps: Record<string, Definition> = {
  ...plain,
  ...must,
  regexQuoteMeta: fn(
    ['string'],
    ([text]) => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&'),
    'The text as an expression that matches just it.',
    'regexQuoteMeta "a.b"',
  ),
};
