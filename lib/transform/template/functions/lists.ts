/** Lists and dicts. */
import { type Definition, fn, variadic } from '../call.ts';
import { type Dict, print, truth, typeName, type Value } from '../values.ts';
import { byteLength, byteSlice } from './bytes.ts';
import { deepEqual } from './logic.ts';
import { toInt } from './numbers.ts';

function index(of: Value, keys: Value[]): Value {
  let within = of;
  for (const key of keys) {
    if (within instanceof Map) within = within.get(print(key)) ?? null;
    else if (typeof key !== 'bigint') throw new Error(`${typeName(key)} is no index`);
    else if (Array.isArray(within)) within = within[bounded(key, within.length - 1)] ?? null;
    else if (typeof within === 'string') within = BigInt(Buffer.from(within)[bounded(key, byteLength(within) - 1)] ?? 0);
    else throw new Error(`${typeName(within)} has no entries`);
  }
  return within;
}

function bounded(value: bigint, most: number): number {
  if (value < 0n || value > BigInt(most)) throw new Error(`there is no entry ${value}: ${most + 1} in all`);
  return Number(value);
}

/** The built-in slice for text, sprig's for lists: from, and up to but not with. */
function slice(of: Value, bounds: Value[]): Value {
  if (bounds.length > 2) throw new Error('at most 2 bounds');
  const size = typeof of === 'string' ? byteLength(of) : Array.isArray(of) ? of.length : undefined;
  if (size === undefined) throw new Error(`${typeName(of)} cannot be sliced`);
  const [from = 0, to = size] = bounds.map((bound) => bounded(toInt(bound), size));
  if (from > to) throw new Error(`${from} is after ${to}`);
  return typeof of === 'string' ? byteSlice(of, from, to) : (of as Value[]).slice(from, to);
}

function dictOf(values: Value[]): Dict {
  const dict: Dict = new Map();
  for (let at = 0; at < values.length; at += 2) dict.set(print(values[at] ?? ''), values[at + 1] ?? '');
  return dict;
}

function size(value: Value): number {
  if (typeof value === 'string') return byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (value instanceof Map) return value.size;
  throw new Error(`${typeName(value)} has no length`);
}

const unique = (list: Value[]) => list.filter((value, at) => list.findIndex((other) => deepEqual(other, value)) === at);
const sortedKeys = (dict: Dict) => [...dict.keys()].sort();

/** sprig's merge: what is empty in the first is filled from the others; or, with `over`, what is there is replaced. */
function merge(target: Dict, others: Dict[], over: boolean): Dict {
  for (const other of others) {
    for (const [key, value] of other) {
      const own = target.get(key) ?? null;
      if (own instanceof Map && value instanceof Map && own !== value) merge(own, [value], over);
      else if (over ? truth(value) : !truth(own)) target.set(key, value);
    }
  }
  return target;
}

const list = variadic([], 'any', (values) => values, 'A list.', 'list "a" "b"');
const append = fn(
  ['list', 'any'],
  ([values, value]) => [...values, value],
  'The list with one more at its end.',
  'append (list 1) 2',
);

const plain: Record<string, Definition> = {
  list,
  tuple: list,
  len: fn(['any'], ([value]) => BigInt(size(value)), 'Bytes of a text, entries of a list.', 'len .SrcName'),
  index: variadic(
    ['any'],
    'any',
    ([value, ...keys]) => index(value, keys),
    'The entry of a list or dict, from 0.',
    'index (splitList "/" "x/y") 1',
  ),
  slice: variadic(
    ['any'],
    'any',
    ([value, ...bounds]) => slice(value, bounds),
    'The entries, or bytes, from and up to but not with.',
    'slice (list 1 2 3) 1 3',
  ),
  append,
  push: append,
  prepend: fn(
    ['list', 'any'],
    ([values, value]) => [value, ...values],
    'The list with one more at its beginning.',
    'prepend (list 1) 2',
  ),
  first: fn(['list'], ([values]) => values[0] ?? null, 'The first entry.', 'first (list 1 2)'),
  last: fn(['list'], ([values]) => values.at(-1) ?? null, 'The last entry.', 'splitList "/" "x/y" | last'),
  rest: fn(['list'], ([values]) => values.slice(1), 'All but the first.', 'rest (list 1 2 3)'),
  initial: fn(['list'], ([values]) => values.slice(0, -1), 'All but the last.', 'splitList "/" "x/y/a" | initial | join "/"'),
  reverse: fn(['list'], ([values]) => values.toReversed(), 'In the opposite order.', 'reverse (list 1 2)'),
  uniq: fn(['list'], ([values]) => unique(values), 'Each entry once.', 'uniq (list 1 1 2)'),
  compact: fn(['list'], ([values]) => values.filter(truth), 'Without empty entries.', 'compact (list "a" "")'),
  without: variadic(
    ['list'],
    'any',
    ([values, ...omit]) => values.filter((value) => !omit.some((other) => deepEqual(other, value))),
    'Without these.',
    'without (list 1 2 3) 2',
  ),
  has: fn(
    ['any', 'list'],
    ([value, values]) => values.some((other) => deepEqual(other, value)),
    'True where the list holds the value.',
    'has ".mkv" (list ".mkv" ".mov")',
  ),
  concat: variadic([], 'list', (lists) => lists.flat(1) as Value[], 'Lists in a row.', 'concat (list 1) (list 2)'),
  chunk: fn(
    ['int', 'list'],
    ([length, values]) => {
      if (length < 1) throw new Error('a chunk has at least 1 entry');
      return Array.from({ length: Math.ceil(values.length / length) }, (_, at) => values.slice(at * length, (at + 1) * length));
    },
    'The list in lists of so many.',
    'chunk 2 (list 1 2 3)',
  ),
};

/** A fault is a fault with or without `must` here. */
const must = Object.fromEntries(
  [
    'slice',
    'append',
    'push',
    'prepend',
    'first',
    'last',
    'rest',
    'initial',
    'reverse',
    'uniq',
    'compact',
    'without',
    'has',
    'chunk',
  ].map((name) => [`must${name.charAt(0).toUpperCase()}${name.slice(1)}`, plain[name] as Definition]),
);

export const lists: Record<string, Definition> = { ...plain, ...must };

const mergeFirst = variadic(
  ['dict'],
  'dict',
  ([target, ...others]) => merge(target, others, false),
  'The first dict, with what it lacks from the others.',
  'get (merge (dict "a" 1) (dict "b" 2)) "b"',
);
const mergeLast = variadic(
  ['dict'],
  'dict',
  ([target, ...others]) => merge(target, others, true),
  'The first dict, with the entries of the others over it.',
  'get (mergeOverwrite (dict "a" 1) (dict "a" 2)) "a"',
);

export const dicts: Record<string, Definition> = {
  dict: variadic([], 'any', (values) => dictOf(values), 'A dict of keys and values.', 'get (dict ".mkv" "video") ".mkv"'),
  get: fn(
    ['dict', 'string'],
    ([dict, key]) => dict.get(key) ?? '',
    'The value of a key; "" where there is none.',
    'get (dict "a" 1) "a"',
  ),
  set: fn(
    ['dict', 'string', 'any'],
    ([dict, key, value]) => dict.set(key, value),
    'The dict with a value set in it.',
    'get (set (dict "a" 1) "b" 2) "b"',
  ),
  unset: fn(
    ['dict', 'string'],
    ([dict, key]) => {
      dict.delete(key);
      return dict;
    },
    'The dict without that key.',
    'hasKey (unset (dict "a" 1) "a") "a"',
  ),
  hasKey: fn(['dict', 'string'], ([dict, key]) => dict.has(key), 'True where the dict has the key.', 'hasKey (dict "a" 1) "a"'),
  keys: variadic([], 'dict', (all) => all.flatMap(sortedKeys), 'The keys, in order.', 'keys (dict "b" 1 "a" 2)'),
  values: fn(
    ['dict'],
    ([dict]) => sortedKeys(dict).map((key) => dict.get(key) ?? null),
    'The values, in the order of their keys.',
    'values (dict "b" 1 "a" 2)',
  ),
  pick: variadic(
    ['dict'],
    'string',
    ([dict, ...names]) => new Map([...dict].filter(([key]) => names.includes(key))),
    'The dict of these keys only.',
    'keys (pick (dict "a" 1 "b" 2) "a")',
  ),
  omit: variadic(
    ['dict'],
    'string',
    ([dict, ...names]) => new Map([...dict].filter(([key]) => !names.includes(key))),
    'The dict without these keys.',
    'keys (omit (dict "a" 1 "b" 2) "a")',
  ),
  pluck: variadic(
    ['string'],
    'dict',
    ([key, ...all]) => all.filter((dict) => dict.has(key)).map((dict) => dict.get(key) ?? null),
    'The values of one key in several dicts.',
    'pluck "a" (dict "a" 1) (dict "a" 2)',
  ),
  merge: mergeFirst,
  mustMerge: mergeFirst,
  mergeOverwrite: mergeLast,
  mustMergeOverwrite: mergeLast,
  dig: variadic(
    ['string', 'any', 'any'],
    'any',
    (values) => {
      const [fallback, dict] = values.slice(-2) as [Value, Value];
      let within: Value = dict;
      for (const key of values.slice(0, -2)) {
        if (!(within instanceof Map) || !within.has(print(key))) return fallback;
        within = within.get(print(key)) ?? null;
      }
      return within;
    },
    'The value down a path of keys, or the one before the dict.',
    'dig "a" "b" "none" (dict "a" (dict "b" 1))',
  ),
};
