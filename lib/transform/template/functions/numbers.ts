/** Numbers: whole ones of 64 bits as in Go, and float64. What is no number counts as 0, as in sprig. */
import { type Definition, fn, variadic } from '../call.ts';
import type { Value } from '../values.ts';
import { count } from './decimal.ts';

/** cast.ToInt64. */
export function toInt(value: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') return Number.isFinite(value) ? wrap(BigInt(Math.trunc(value))) : 0n;
  if (typeof value !== 'string') return 0n;
  const [, sign, digits = ''] =
    /^([+-]?)(0x[0-9a-f_]+|0o?[0-7_]+|0b[01_]+|0|[1-9][0-9_]*)$/i.exec(value.replace(/\.0+$/, '')) ?? [];
  if (digits === '' || /__|_$/.test(digits)) return 0n;
  // what begins with 0 is octal, as in Go: "017" is 15, and "08" is no number
  const plain = digits.replaceAll('_', '').replace(/^0(?=[0-7])/, '0o');
  const parsed = sign === '-' ? -BigInt(plain) : BigInt(plain);
  return wrap(parsed) === parsed ? parsed : 0n;
}

function wrap(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

/** cast.ToFloat64. */
function toFloat(value: Value): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : 0;
}

/** As a list of whole numbers; nothing where the step leads away. */
function steps(start: number, stop: number, step: number, room: (length: number) => void): bigint[] {
  if (step === 0 || (stop < start ? step > 0 : step < 0)) return [];
  room(Math.ceil(Math.abs(stop - start) / Math.abs(step)));
  const list: bigint[] = [];
  for (let at = start; stop < start ? at > stop : at < stop; at += step) list.push(BigInt(at));
  return list;
}

/** sprig's seq: `to`, `from to`, or `from step to`; both ends count. */
function sequence(params: number[], room: (length: number) => void): string {
  const [first = 0, second = 0, third = 0] = params;
  if (params.length === 0 || params.length > 3) return '';
  const [start, step, end] =
    params.length === 1 ? [1, undefined, first] : params.length === 2 ? [first, undefined, second] : [first, second, third];
  const down = end < start;
  if (down && step !== undefined && step > 0) return '';
  return steps(start, end + (down ? -1 : 1), step ?? (down ? -1 : 1), room).join(' ');
}

// Math.max takes no bigint
function larger(a: bigint, b: bigint): bigint {
  if (b > a) return b;
  return a;
}

function smaller(a: bigint, b: bigint): bigint {
  if (b < a) return b;
  return a;
}

function nonzero(value: Value): bigint {
  const divisor = toInt(value);
  if (divisor === 0n) throw new Error('division by zero');
  return divisor;
}

function round(value: Value, places: number, up = 0.5): number {
  const power = 10 ** places;
  const digit = power * toFloat(value);
  return (digit - Math.trunc(digit) >= up ? Math.ceil(digit) : Math.floor(digit)) / power;
}

function decimals(operation: Parameters<typeof count>[0], about: string, example: string): Definition {
  const apply = ([first, ...others]: [Value, ...Value[]]) => count(operation, toFloat(first), others.map(toFloat));
  return variadic(['any'], 'any', apply, about, example);
}

const largest = variadic(['any'], 'any', (values) => values.map(toInt).reduce(larger), 'The largest whole number.', 'max 1 3 2');

export const numbers: Record<string, Definition> = {
  add: variadic(
    [],
    'any',
    (values) => wrap(values.map(toInt).reduce((a, b) => a + b, 0n)),
    'The sum of whole numbers.',
    'add 1 2 3',
  ),
  add1: fn(['any'], ([value]) => wrap(toInt(value) + 1n), 'One more.', 'add1 1'),
  sub: fn(['any', 'any'], ([a, b]) => wrap(toInt(a) - toInt(b)), 'The first less the second.', 'sub 5 2'),
  mul: variadic(
    ['any'],
    'any',
    (values) => values.map(toInt).reduce((a, b) => wrap(a * b)),
    'The product of whole numbers.',
    'mul 2 3',
  ),
  div: fn(['any', 'any'], ([a, b]) => wrap(toInt(a) / nonzero(b)), 'The first by the second, without the fraction.', 'div 7 2'),
  mod: fn(['any', 'any'], ([a, b]) => toInt(a) % nonzero(b), 'What the division leaves.', 'mod 7 2'),
  max: largest,
  biggest: largest,
  min: variadic(['any'], 'any', (values) => values.map(toInt).reduce(smaller), 'The smallest whole number.', 'min 1 3 2'),
  addf: variadic([], 'any', (values) => count('add', 0, values.map(toFloat)), 'The sum.', 'addf 1.5 2'),
  add1f: fn(['any'], ([value]) => count('add', toFloat(value), [1]), 'One more.', 'add1f 1.5'),
  subf: decimals('subtract', 'The first less the others.', 'subf 7.5 2 3'),
  mulf: decimals('multiply', 'The product.', 'mulf 1.5 2'),
  divf: decimals('divide', 'The first by the others.', 'divf 10 4'),
  maxf: variadic(['any'], 'any', (values) => Math.max(...values.map(toFloat)), 'The largest.', 'maxf 1.5 3'),
  minf: variadic(['any'], 'any', (values) => Math.min(...values.map(toFloat)), 'The smallest.', 'minf 1.5 3'),
  floor: fn(['any'], ([value]) => Math.floor(toFloat(value)), 'Rounded down.', 'floor 1.7'),
  ceil: fn(['any'], ([value]) => Math.ceil(toFloat(value)), 'Rounded up.', 'ceil 1.2'),
  round: variadic(
    ['any', 'int'],
    'any',
    ([value, places, up]) => round(value, places, up === undefined ? 0.5 : toFloat(up)),
    'Rounded to so many places.',
    'round 1.2345 2',
  ),
  int: fn(['any'], ([value]) => toInt(value), 'As a whole number.', 'int "42"'),
  int64: fn(['any'], ([value]) => toInt(value), 'As a whole number.', 'int64 4.9'),
  float64: fn(['any'], ([value]) => toFloat(value), 'As a number with a fraction.', 'float64 "1.5"'),
  atoi: fn(
    ['string'],
    ([text]) => (/^[+-]?\d+$/.test(text) && wrap(BigInt(text)) === BigInt(text) ? BigInt(text) : 0n),
    'Text as a whole number.',
    'atoi "42"',
  ),
  toDecimal: fn(
    ['any'],
    ([value]) => {
      const text = String(value);
      return /^[+-]?[0-7]+$/.test(text) ? wrap(BigInt(`0o${text.replace(/^[+-]/, '')}`)) * (text.startsWith('-') ? -1n : 1n) : 0n;
    },
    'Octal digits as a whole number.',
    'toDecimal "777"',
  ),
  seq: variadic([], 'int', (params, { room }) => sequence(params, room), 'Whole numbers in a row, as text.', 'seq 1 2 9'),
  until: fn(
    ['int'],
    ([count], { room }) => steps(0, count, count < 0 ? -1 : 1, room),
    'The list of whole numbers from 0 up to, but not with, the number.',
    'until 3',
  ),
  untilStep: fn(
    ['int', 'int', 'int'],
    ([start, stop, step], { room }) => steps(start, stop, step, room),
    'The list from, up to but not with, by steps of.',
    'untilStep 0 9 3',
  ),
};
