/** Whether GStreamer can read the text of a property, by its type. */
import { CapsSyntaxError, parseCaps } from '../../caps/index.ts';
import type { PropertyInfo } from '../../catalogue/index.ts';
import { enumFault, flagsFault } from './choice.ts';
import { decimalFault, fractionFault, integerFault } from './number.ts';

const booleans = /^(true|t|yes|1|false|f|no|0)$/i;

/** What is wrong with the text, as the end of a sentence that begins with it; undefined where nothing is, or nobody knows. */
export function valueFault(text: string, info: PropertyInfo): string | undefined {
  switch (info.type) {
    case 'boolean':
      return booleans.test(text) ? undefined : 'is neither true nor false';
    case 'int':
    case 'uint':
    case 'int64':
    case 'uint64':
      return integerFault(text, info);
    case 'float':
    case 'double':
      return decimalFault(text, info);
    case 'fraction':
      return fractionFault(text, info);
    case 'enum':
      return enumFault(text, info.values ?? []);
    case 'flags':
      return flagsFault(text, info.values ?? []);
    case 'caps':
      return capsFault(text);
    case 'structure':
      return /^\s*[A-Za-z][A-Za-z0-9/_\-.:+]*\s*(,.*=.*|;.*|,?\s*)$/s.test(text)
        ? undefined
        : 'is no structure: write it as `name, field=value`';
    case 'array':
      return /^\s*<.*>\s*$/s.test(text) ? undefined : 'is no array: write it as `<1, 2>`';
    default:
      return undefined;
  }
}

export function capsFault(text: string): string | undefined {
  try {
    parseCaps(text);
    return undefined;
  } catch (error) {
    if (error instanceof CapsSyntaxError) return `cannot be read as caps: ${error.message}`;
    throw error;
  }
}
