/** Go's fmt.Sprintf for the values that a template has. */
import { isTime } from '../time.ts';
import { print, printFloat, typeName, type Value } from '../values.ts';
import { quoted } from './quote.ts';

const directive = /%([-+# 0]*)(\d+|\*)?(?:\.(\d+|\*)?)?([\s\S])?/g;

export function sprintf(format: string, values: Value[], room: (length: number) => void): string {
  let next = 0;
  let length = 0;
  const measure = (text: string) => {
    length += text.length;
    room(length);
    return text;
  };
  const out = format.replace(directive, (whole: string, flags: string, width?: string, precision?: string, verb?: string) => {
    if (verb === '%') return '%';
    if (verb === undefined) return '%!(NOVERB)';
    const star = () => {
      const value = values[next++];
      return typeof value === 'bigint' ? Number(value) : 0;
    };
    const wide = width === '*' ? star() : Number(width ?? 0);
    const dotted = whole.includes('.');
    const digits = precision === '*' ? star() : dotted ? Number(precision ?? 0) : undefined;
    if (next >= values.length) return `%!${verb}(MISSING)`;
    const value = values[next++] ?? null;
    room(Math.abs(wide) + (digits ?? 0));
    return measure(padded(convert(verb, value, digits, flags), Math.abs(wide), wide < 0 ? `${flags}-` : flags, verb));
  });
  if (next >= values.length) return out;
  return `${out}%!(EXTRA ${values
    .slice(next)
    .map((value) => (value === null ? '<nil>' : `${typeName(value)}=${print(value)}`))
    .join(', ')})`;
}

function convert(verb: string, value: Value, precision: number | undefined, flags: string): string {
  const wrong = () => (value === null ? `%!${verb}(<nil>)` : `%!${verb}(${typeName(value)}=${print(value)})`);
  if (
    verb === 'v' ||
    (verb === 's' && (typeof value === 'string' || isTime(value) || Array.isArray(value) || value instanceof Map))
  ) {
    const text = value === null ? '<nil>' : print(value);
    return precision === undefined || typeof value !== 'string'
      ? signed(text, value, flags)
      : [...text].slice(0, precision).join('');
  }
  if (verb === 'T') return value === null ? '<nil>' : typeName(value);
  if (verb === 't') return typeof value === 'boolean' ? String(value) : wrong();
  if (typeof value === 'string') {
    if (verb === 'q') return quoted(precision === undefined ? value : [...value].slice(0, precision).join(''));
    if (verb === 'x' || verb === 'X') return inCase(Buffer.from(value).toString('hex'), verb);
    return wrong();
  }
  if (typeof value === 'bigint') return integer(verb, value, precision, flags) ?? wrong();
  if (typeof value === 'number') return float(verb, value, precision, flags) ?? wrong();
  return wrong();
}

const bases: Record<string, number> = { d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };

function integer(verb: string, value: bigint, precision: number | undefined, flags: string): string | undefined {
  if (verb === 'c' || verb === 'q' || verb === 'U') {
    const code = Number(value);
    const char = code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
    if (verb === 'U') return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
    return verb === 'c' ? char : `'${char}'`;
  }
  const base = bases[verb];
  if (base === undefined) return undefined;
  const size = value < 0n ? -value : value;
  const digits = inCase(size.toString(base).padStart(precision ?? 0, '0'), verb);
  const mark = verb === 'O' ? '0o' : flags.includes('#') ? ({ x: '0x', X: '0X', o: '0', b: '0b' }[verb] ?? '') : '';
  return sign(value < 0n, flags) + mark + digits;
}

function float(verb: string, value: number, precision: number | undefined, flags: string): string | undefined {
  if (!'eEfFgG'.includes(verb)) return undefined;
  if (!Number.isFinite(value)) return printFloat(value);
  const size = Math.abs(value);
  const text = { e: exponent(size, precision ?? 6), f: fixed(size, precision ?? 6), g: general(size, precision) }[
    verb.toLowerCase()
  ];
  return text === undefined ? undefined : sign(value < 0, flags) + inCase(text, verb);
}

/** Half way between two: to the even one, as Go does; toFixed takes the larger. */
function fixed(value: number, places: number): string {
  const wanted = Math.min(60, places);
  if (value >= 1e21) return BigInt(value) + (wanted > 0 ? `.${'0'.repeat(wanted)}` : '');
  const exact = value.toFixed(100);
  const cut = exact.slice(0, exact.length - (100 - wanted));
  const tie = /^50*$/.test(exact.slice(cut.length));
  return tie && /[02468]\.?$/.test(cut) ? cut.replace(/\.$/, '') : value.toFixed(wanted);
}

function exponent(value: number, precision: number): string {
  return value.toExponential(Math.min(100, precision)).replace(/e([+-])(\d)$/, 'e$10$2');
}

function general(value: number, precision: number | undefined): string {
  if (precision === undefined) return printFloat(value);
  const digits = Math.max(1, Math.min(100, precision));
  const power = value === 0 ? 0 : Number(value.toExponential(digits - 1).split('e')[1]);
  const text = power < -4 || power >= digits ? exponent(value, digits - 1) : fixed(value, Math.max(0, digits - 1 - power));
  return text.includes('.') ? text.replace(/\.?0+(?=e|$)/, '') : text;
}

function sign(negative: boolean, flags: string): string {
  return negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
}

/** %+v of a number. */
function signed(text: string, value: Value, flags: string): string {
  const isNumber = typeof value === 'bigint' || typeof value === 'number';
  return isNumber && flags.includes('+') && !/^[+-]/.test(text) ? `+${text}` : text;
}

function inCase(text: string, verb: string): string {
  return verb === verb.toUpperCase() ? text.toUpperCase() : text;
}

function padded(text: string, width: number, flags: string, verb: string): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (!flags.includes('0')) return ' '.repeat(missing) + text;
  const lead = 'vdeEfFgGxXobO'.includes(verb) ? (/^[+-]/.exec(text)?.[0] ?? '') : '';
  return lead + '0'.repeat(missing) + text.slice(lead.length);
}
