/** One value of caps, of the type that is named before it or that it looks like. */
import type { CapsValue } from './types.ts';

const integer = /^[+-]?(?:0[xX][0-9a-fA-F]+|\d+)$/;
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const fraction = /^([+-]?\d+)\/([+-]?\d+)$/;
const truth: Record<string, boolean> = { true: true, yes: true, t: true, false: false, no: false, f: false };

const kinds: Record<string, (text: string) => CapsValue | undefined> = {
  int: asInt,
  uint: asInt,
  int64: asInt,
  uint64: asInt,
  double: asDouble,
  float: asDouble,
  fraction: (text) =>
    asFraction(text) ?? (integer.test(text) ? { kind: 'fraction', numerator: big(text), denominator: 1n } : limit(text)),
  boolean: (text) => asBoolean(text) ?? (/^[01]$/.test(text) ? { kind: 'boolean', value: text === '1' } : undefined),
  string: (value) => ({ kind: 'string', value }),
};
const shortNames: Record<string, string> = {
  i: 'int',
  gint: 'int',
  u: 'uint',
  guint: 'uint',
  gint64: 'int64',
  guint64: 'uint64',
  f: 'float',
  gfloat: 'float',
  d: 'double',
  gdouble: 'double',
  b: 'boolean',
  bool: 'boolean',
  gboolean: 'boolean',
  s: 'string',
  str: 'string',
  gchararray: 'string',
  GstFraction: 'fraction',
};

/** Types whose values are not compared here; those that plugins bring have names such as GstAudioChannelMask. */
const others = /^(?:bitmask|flagset|buffer|sample|structure|taglist|caps|date|datetime|array|list|type|[A-Z]+[a-z]\w*)$/;

/** @param fail called where the text is not of the type that was named */
export function scalar(text: string, type: string | undefined, fail: (wanted: string) => void = () => {}): CapsValue {
  if (type === undefined) {
    return asInt(text) ?? asDouble(text) ?? asFraction(text) ?? asBoolean(text) ?? { kind: 'string', value: text };
  }
  const name = (Object.hasOwn(shortNames, type) && shortNames[type]) || type;
  if (!Object.hasOwn(kinds, name)) {
    if (!others.test(name)) fail(`(${type}) is no type; int, string, fraction or another`);
    return { kind: 'opaque', text };
  }
  const value = kinds[name]?.(text);
  if (value === undefined) fail(`\`${text}\` is no ${name}; another value`);
  return value ?? { kind: 'opaque', text };
}

/** BigInt reads no sign before a hexadecimal number. */
function big(text: string): bigint {
  const value = BigInt(text.replace(/^[+-]/, ''));
  return text.startsWith('-') ? -value : value;
}

function asInt(text: string): CapsValue | undefined {
  return integer.test(text) ? { kind: 'int', value: big(text) } : limit(text);
}

/** `min`, `max` and the byte orders stand for numbers that nobody compares. */
function limit(text: string): CapsValue | undefined {
  return /^(min|max|little_endian|big_endian|byte_order)$/i.test(text) ? { kind: 'opaque', text } : undefined;
}

function asDouble(text: string): CapsValue | undefined {
  return decimal.test(text) ? { kind: 'double', value: Number(text) } : limit(text);
}

function asFraction(text: string): CapsValue | undefined {
  const [, numerator, denominator] = fraction.exec(text) ?? [];
  if (numerator === undefined || denominator === undefined || BigInt(denominator) === 0n) return undefined;
  return { kind: 'fraction', numerator: BigInt(numerator), denominator: BigInt(denominator) };
}

function asBoolean(text: string): CapsValue | undefined {
  const value = truth[text.toLowerCase()];
  return value === undefined ? undefined : { kind: 'boolean', value };
}
