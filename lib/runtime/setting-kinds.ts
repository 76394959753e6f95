/** The kinds of settings: each reads the text of one environment variable. */
import type { Setting } from './settings.ts';

type Described<T> = Omit<Setting<T>, 'read' | 'fallback'>;
type Required<T> = Described<T> & { fallback?: string; optional?: false };
type Optional<T> = Described<T> & { optional: true };

function kind<T, O extends object = object>(make: (options: O) => Pick<Setting<T>, 'read' | 'allowed'>) {
  function setting(described: Required<T> & O): Setting<T>;
  function setting(described: Optional<T> & O): Setting<T | undefined>;
  function setting(described: (Required<T> | Optional<T>) & O): Setting<T | undefined> {
    return { ...make(described), ...described };
  }
  return setting;
}

export const text = kind<string>(() => ({ read: (found) => found }));

export const secret = kind<string>(() => ({ read: (found) => found }));

export const flag = kind<boolean>(() => ({
  allowed: '`true` or `false`',
  read(found) {
    if (found === 'true' || found === '1') return true;
    if (found === 'false' || found === '0') return false;
    throw new Error('must be true or false');
  },
}));

/** A whole number in a range, both ends included. */
export const integer = kind<number, { min: number; max: number }>(({ min, max }) => ({
  allowed: `${min} to ${max}`,
  read(found) {
    const value = Number(found);
    if (!Number.isInteger(value) || value < min || value > max) throw new Error(`must be a whole number from ${min} to ${max}`);
    return value;
  },
}));

/** A number in a range, both ends included. */
export const decimal = kind<number, { min: number; max: number }>(({ min, max }) => ({
  allowed: `${min} to ${max}`,
  read(found) {
    const value = Number(found);
    if (!Number.isFinite(value) || value < min || value > max) throw new Error(`must be a number from ${min} to ${max}`);
    return value;
  },
}));

const factors: Record<string, number> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** A size in bytes, plain or as a Kubernetes quantity (`64Ki`, `16Gi`). */
export const bytes = kind<number>(() => ({
  allowed: 'bytes, or a quantity such as `64Ki` or `16Gi`',
  read(found) {
    const match = /^(\d+(?:\.\d+)?)(k|M|G|T|Ki|Mi|Gi|Ti)?$/.exec(found);
    const value = match ? Number(match[1]) * (factors[match[2] ?? ''] ?? Number.NaN) : Number.NaN;
    if (!Number.isSafeInteger(Math.round(value)) || value < 1) throw new Error('must be a size such as 65536, 64Ki or 16Gi');
    return Math.round(value);
  },
}));

export const choice = kind<string, { values: readonly string[] }>(({ values }) => ({
  allowed: values.map((value) => `\`${value}\``).join(', '),
  read(found) {
    if (!values.includes(found)) throw new Error(`must be one of ${values.join(', ')}`);
    return found;
  },
}));

/** Values between commas, without empty ones. */
export const list = kind<readonly string[]>(() => ({
  allowed: 'values between commas',
  read: (found) =>
    Object.freeze(
      found
        .split(',')
        .map((value) => value.trim())
        .filter((value) => value !== ''),
    ),
}));

export const httpUrl = kind<string>(() => ({
  allowed: 'an http or https URL',
  read(found) {
    const url = URL.parse(found);
    if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) throw new Error('must be an http or https URL');
    return url.href;
  },
}));
