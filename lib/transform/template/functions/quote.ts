/** Text between double quotes, as Go writes it. */

/** Go's %q. */
export function quoted(text: string): string {
  const named: Record<string, string> = {
    '\x07': '\\a',
    '\b': '\\b',
    '\f': '\\f',
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\v': '\\v',
    '"': '\\"',
    '\\': '\\\\',
  };
  let out = '';
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (named[char] !== undefined) out += named[char];
    else if (/[\p{L}\p{M}\p{N}\p{P}\p{S}]| /u.test(char)) out += char;
    else if (code < 0x80) out += `\\x${code.toString(16).padStart(2, '0')}`;
    else out += code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
  }
  return `"${out}"`;
}
