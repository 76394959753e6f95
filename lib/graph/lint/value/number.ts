/** Whether GStreamer reads a text as the number that a property takes, and whether it is in its range. */
import type { PropertyInfo } from '../../catalogue/index.ts';

const integer = /^\s*[+-]?(?:0[xX][0-9a-fA-F]+|\d+)$/;
const decimal = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const fraction = /^\s*([+-]?\d+)(?:\/([+-]?\d+))?$/;
/** Ends of the range of a type, for which the words `min` and `max` stand; a property may allow less. */
const ends: Partial<Record<PropertyInfo['type'], [min: string, max: string]>> = {
  int: [`${-(2n ** 31n)}`, `${2n ** 31n - 1n}`],
  uint: ['0', `${2n ** 32n - 1n}`],
  int64: [`${-(2n ** 63n)}`, `${2n ** 63n - 1n}`],
  uint64: ['0', `${2n ** 64n - 1n}`],
  float: [`${-(2 - 2 ** -23) * 2 ** 127}`, `${(2 - 2 ** -23) * 2 ** 127}`],
  double: [`${-Number.MAX_VALUE}`, `${Number.MAX_VALUE}`],
  fraction: [`${-(2n ** 31n - 1n)}/1`, `${2n ** 31n - 1n}/1`],
};

function meaning(text: string, { type }: PropertyInfo): string {
  const [min = text, max = text] = ends[type] ?? [];
  if (/^min$/i.test(text)) return min;
  return /^max$/i.test(text) ? max : text;
}

const wraps: Partial<Record<PropertyInfo['type'], bigint>> = { uint: 2n ** 32n, uint64: 2n ** 64n };

/** What is wrong with the text, or undefined. */
export function integerFault(given: string, info: PropertyInfo): string | undefined {
  const text = meaning(given, info).trimStart();
  if (!integer.test(text)) return `is no whole number${between(info)}${habit(given)}`;
  let value = bigInt(text);
  // a negative number is read as a large one: `-1` for "no limit"
  if (value < 0n) value += wraps[info.type] ?? 0n;
  return outside(value, info, BigInt) ? `is out of range: ${range(info)} is allowed` : undefined;
}

/** What is usual elsewhere, and how it is written here. */
function habit(text: string): string {
  if (/^#[0-9a-f]{6}$/i.test(text)) return `; a colour is written as \`0xff${text.slice(1)}\``;
  if (/^\d+,\d+$/.test(text)) return `; it is written with a point, \`${text.replace(',', '.')}\``;
  return /,\s*[\w-]+=/.test(text) ? '; properties are told apart by blanks' : '';
}

/** C reads a leading 0 as octal; BigInt does not. */
function bigInt(text: string): bigint {
  const digits = text.replace(/^[+-]/, '');
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  return text.startsWith('-') ? -value : value;
}

/** What is wrong with the text, or undefined. */
export function decimalFault(given: string, info: PropertyInfo): string | undefined {
  const text = meaning(given, info);
  if (!decimal.test(text)) return `is no number${between(info)}${habit(given)}`;
  return outside(Number(text), info, Number) ? `is out of range: ${range(info)} is allowed` : undefined;
}

/** What is wrong with the text, or undefined. */
export function fractionFault(given: string, info: PropertyInfo): string | undefined {
  const { minimum, maximum } = info;
  const value = parts(meaning(given, info));
  if (value === undefined) return 'is no fraction: write it as 30/1';
  const [low, high] = [parts(minimum ?? ''), parts(maximum ?? '')];
  if ((low && less(value, low)) || (high && less(high, value))) return `is out of range: ${minimum} to ${maximum} is allowed`;
  return undefined;
}

function parts(text: string): [numerator: bigint, denominator: bigint] | undefined {
  const [, numerator, denominator = '1'] = fraction.exec(text) ?? [];
  if (numerator === undefined || BigInt(denominator) <= 0n) return undefined;
  return [BigInt(numerator), BigInt(denominator)];
}

const less = ([a, b]: [bigint, bigint], [c, d]: [bigint, bigint]): boolean => a * d < c * b;

function outside<N extends bigint | number>(value: N, { minimum, maximum }: PropertyInfo, read: (text: string) => N): boolean {
  return (minimum !== undefined && value < read(minimum)) || (maximum !== undefined && value > read(maximum));
}

const largest = [2n ** 31n - 1n, 2n ** 32n - 1n, 2n ** 63n - 1n, 2n ** 64n - 1n].map(String);

function range({ minimum = '', maximum = '' }: PropertyInfo): string {
  if (largest.includes(maximum) || Number(maximum) > 1e30) return `${shortened(minimum)} or more`;
  return `${shortened(minimum)} to ${shortened(maximum)}`;
}

/** -0.1 of 32 bits stands as -0.10000000149011612 in the catalogue. */
const shortened = (text: string) => (/\.\d{8}/.test(text) ? String(Number(Number(text).toPrecision(7))) : text);

function between(info: PropertyInfo): string {
  return info.minimum === undefined ? '' : ` (${range(info)} is allowed)`;
}
