/** Regular expressions of users: RE2 syntax, in linear time, as in Go. */
import { RE2JS } from 're2js';

export interface Pattern {
  /** True where the pattern matches anywhere in `key`. */
  test(key: string): boolean;
}

/** Longest regular expression, in characters. */
const longest = 2000;
/** Compiled patterns that are kept: many Transforms share theirs. */
const kept = 1000;
const compiled = new Map<string, Pattern>();

/** @throws Error that says what RE2 refuses */
export function compilePattern(text: string): Pattern {
  const known = compiled.get(text);
  if (known) return known;
  if (text.length > longest) throw new Error(`longer than ${longest} characters`);
  const pattern = RE2JS.compile(text);
  if (compiled.size >= kept) compiled.clear();
  compiled.set(text, pattern);
  return pattern;
}

/** Why RE2 refuses `text`; undefined where it takes it. */
export function patternFault(text: string): string | undefined {
  try {
    compilePattern(text);
    return undefined;
  } catch (error) {
    const cause = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error);
    const lookaround = /\(\?<?[=!]/.test(text) ? '; RE2 knows no look-ahead and no look-behind' : '';
    const reference = /\\[1-9]/.test(text) ? '; RE2 knows no back-references' : '';
    return `RE2 refuses it: ${cause}${lookaround || reference}`;
  }
}
