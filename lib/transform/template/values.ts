/** The values of a template and how Go treats them. Go's int is a bigint here, so that it and float64 stay apart. */
import { formatGoTime, type GoTime, isTime, plainTimeLayout } from './time.ts';

export type Value = string | bigint | number | boolean | null | GoTime | Value[] | Dict;
export type Dict = Map<string, Value>;

/** False for what Go calls empty: 0, "", false, nil, an empty list or map. */
export function truth(value: Value): boolean {
  if (value === null) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map) return value.size > 0;
  if (isTime(value)) return true;
  return Boolean(value);
}

/** The type's name in Go, for messages and `typeOf`. */
export function typeName(value: Value): string {
  if (value === null) return 'nil';
  if (Array.isArray(value)) return '[]interface {}';
  if (value instanceof Map) return 'map[string]interface {}';
  if (isTime(value)) return 'time.Time';
  return { string: 'string', bigint: 'int', number: 'float64', boolean: 'bool' }[typeof value as 'string'] ?? 'nil';
}

/** As fmt prints it with %v. */
export function print(value: Value): string {
  if (value === null) return '<nil>';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return printFloat(value);
  if (Array.isArray(value)) return `[${value.map(print).join(' ')}]`;
  if (value instanceof Map)
    return `map[${[...value.keys()]
      .sort()
      .map((key) => `${key}:${print(value.get(key) ?? null)}`)
      .join(' ')}]`;
  if (isTime(value)) return formatGoTime(value, plainTimeLayout);
  return String(value);
}

/** %v of a float64: the shortest digits that give it back, with an exponent below 1e-4 and from 1e6 on. */
export function printFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const [digits, exponent] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** A value without the literal's kind: `eq 1 1.0` is a fault in Go, and here. */
export function basicKind(value: Value): 'bool' | 'int' | 'float' | 'string' | undefined {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float';
  return typeof value === 'string' ? 'string' : undefined;
}
