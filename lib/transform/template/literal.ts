/** Literals of a template, with Go's escapes and number forms. */
import { TemplateFault } from './fault.ts';
import type { Token } from './lexer.ts';

/** @throws TemplateFault */
export function readLiteral({ kind, text, at }: Token): string | bigint | number {
  if (kind === 'string') return text.startsWith('`') ? text.slice(1, -1) : unquote(text.slice(1, -1), at);
  if (kind === 'char') {
    const chars = [...unquote(text.slice(1, -1), at)];
    if (chars.length !== 1) throw new TemplateFault(`${text}: single quotes hold one character; text goes in double quotes`, at);
    return BigInt(chars[0]?.codePointAt(0) ?? 0);
  }
  return readNumber(text, at);
}

function readNumber(text: string, at: number): bigint | number {
  const digits = text.replaceAll('_', '');
  const unsigned = digits.replace(/^[+-]/, '');
  const negative = digits.startsWith('-');
  if (/^(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+|\d+)$/.test(unsigned)) {
    // 017 is octal in Go
    const octal = /^0\d/.test(unsigned);
    if (octal && /[89]/.test(unsigned)) throw new TemplateFault(`\`${text}\` is no number: what begins with 0 is octal`, at);
    const value = BigInt(octal ? `0o${unsigned}` : unsigned);
    const signed = negative ? -value : value;
    if (BigInt.asIntN(64, signed) !== signed) throw new TemplateFault(`\`${text}\` is too large`, at);
    return signed;
  }
  const value = Number(digits);
  if (!Number.isFinite(value)) throw new TemplateFault(`\`${text}\` is no number`, at);
  return value;
}

const simple: Record<string, string> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};
const escapes = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([\s\S]))/g;

function unquote(text: string, at: number): string {
  return text.replace(escapes, (whole, x, u, U, octal, letter) => {
    if (letter !== undefined) {
      const value = simple[letter];
      if (value === undefined)
        throw new TemplateFault(`\`${whole}\` is no escape; a backslash is written \\\\, or use \`raw quotes\``, at);
      return value;
    }
    const code = octal === undefined ? Number.parseInt(x ?? u ?? U, 16) : Number.parseInt(octal, 8);
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw new TemplateFault(`\`${whole}\` is no character`, at);
    return String.fromCodePoint(code);
  });
}
