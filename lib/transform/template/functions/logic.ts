/** Comparison, choice and defaults. `and` and `or` are part of the evaluator: they leave arguments alone. */
import { type Definition, fn, variadic } from '../call.ts';
import { isTime } from '../time.ts';
import { basicKind, truth, typeName, type Value } from '../values.ts';

function equal(a: Value, b: Value): boolean {
  if (a === null || b === null) return a === b;
  const [kind, other] = [basicKind(a), basicKind(b)];
  if (kind === undefined || other === undefined) {
    if (isTime(a) && isTime(b)) return a.ms === b.ms && a.zone.offset === b.zone.offset;
    throw new Error(`${typeName(kind === undefined ? a : b)} cannot be compared; deepEqual can`);
  }
  if (kind !== other) throw new Error(`a ${typeName(a)} cannot be compared with a ${typeName(b)}`);
  return a === b;
}

function less(a: Value, b: Value): boolean {
  const kind = basicKind(a);
  if (kind === undefined || kind === 'bool' || kind !== basicKind(b))
    throw new Error(`a ${typeName(a)} has no order with a ${typeName(b)}`);
  // bytes, as in Go: code units would put U+E000 before the characters beyond U+FFFF
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
  return (a as number) < (b as number);
}

/** Equal in type and content, however deep. */
export function deepEqual(a: Value, b: Value): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((value, index) => deepEqual(value, b[index] ?? null));
  if (a instanceof Map && b instanceof Map) {
    return a.size === b.size && [...a].every(([key, value]) => b.has(key) && deepEqual(value, b.get(key) ?? null));
  }
  if (isTime(a) && isTime(b)) return a.ms === b.ms && a.zone.offset === b.zone.offset;
  return a === b;
}

export const logic: Record<string, Definition> = {
  not: fn(['any'], ([value]) => !truth(value), 'True where the value is empty.', 'not ""'),
  eq: variadic(
    ['any', 'any'],
    'any',
    ([first, ...others]) => others.some((other) => equal(first, other)),
    'True where the first value equals one of the others; both are of one type.',
    'eq .SrcExt ".mov" ".mkv"',
  ),
  ne: fn(['any', 'any'], ([a, b]) => !equal(a, b), 'True where the two differ.', 'ne .SrcExt ".mp4"'),
  lt: fn(['any', 'any'], ([a, b]) => less(a, b), 'True where the first is less.', 'lt 1 2'),
  le: fn(['any', 'any'], ([a, b]) => !less(b, a), 'True where the first is less, or equal.', 'le 2 2'),
  gt: fn(['any', 'any'], ([a, b]) => less(b, a), 'True where the first is more.', 'gt (len .SrcName) 20'),
  ge: fn(['any', 'any'], ([a, b]) => !less(a, b), 'True where the first is more, or equal.', 'ge 1 2'),
  deepEqual: fn(
    ['any', 'any'],
    ([a, b]) => deepEqual(a, b),
    'True where two lists or dicts have the same content.',
    'deepEqual (list 1 2) (list 1 2)',
  ),
  default: variadic(
    ['any'],
    'any',
    ([fallback, given]) => (given === undefined || !truth(given) ? fallback : given),
    'The value, or the first argument where it is empty.',
    'default "top" .SrcDir',
  ),
  empty: fn(['any'], ([value]) => !truth(value), 'True for "", 0, false, and what holds nothing.', 'empty .SrcDir'),
  coalesce: variadic(
    [],
    'any',
    (values) => values.find(truth) ?? null,
    'The first value that is not empty.',
    'coalesce .SrcDir .SrcName',
  ),
  all: variadic([], 'any', (values) => values.every(truth), 'True where no value is empty.', 'all .SrcName .SrcExt'),
  any: variadic([], 'any', (values) => values.some(truth), 'True where some value is not empty.', 'any "" .SrcExt'),
  ternary: fn(
    ['any', 'any', 'bool'],
    ([yes, no, which]) => (which ? yes : no),
    'The first value where the last is true, else the second.',
    'ternary "a" "b" true',
  ),
  fail: fn(
    ['string'],
    ([message]) => {
      throw new Error(message);
    },
    'Makes no key: the object fails with this message.',
    'fail "no name"',
  ),
};
