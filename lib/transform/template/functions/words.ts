/** Words and their case, as Go's strings and github.com/huandu/xstrings take them. */

/** strings.Title: a letter after what is neither letter, digit, underscore nor apostrophe. */
export function titleCase(text: string): string {
  let before = ' ';
  let out = '';
  for (const char of text) {
    out += inWord(before) ? char : upperCase(char);
    before = char;
  }
  return out;
}

function inWord(char: string): boolean {
  if ((char.codePointAt(0) ?? 0) < 0x80) return /[0-9A-Za-z_]/.test(char);
  return /[\p{L}\p{Nd}]/u.test(char) || !/\s/.test(char);
}

/** Letter by letter, as Go does: one whose other case has several letters (ß) stays. */
export function upperCase(text: string): string {
  return [...text].map((char) => single(char.toUpperCase(), char)).join('');
}

export function lowerCase(text: string): string {
  return [...text].map((char) => single(char.toLowerCase(), char)).join('');
}

function single(changed: string, char: string): string {
  return [...changed].length === 1 ? changed : char;
}

const isUpper = (char: string) => /\p{Lu}/u.test(char);
const isConnector = (char: string) => /[-_\s]/.test(char);

/** goutils.SwapCase: upper to lower; lower to upper. */
export function swapCase(text: string): string {
  return [...text].map((char) => (isUpper(char) ? lowerCase(char) : upperCase(char))).join('');
}

/** xstrings.ToPascalCase. Connectors at the beginning stay, and all but one of several in a row. */
export function camelCase(text: string): string {
  const chars = [...text];
  let index = 0;
  let out = '';
  while (index < chars.length && isConnector(chars[index] ?? '')) out += chars[index++];
  if (index === chars.length) return out;
  let current = chars[index++] ?? '';
  let upperWord = isUpper(current);
  current = upperCase(current);
  while (index < chars.length) {
    const last = current;
    current = chars[index++] ?? '';
    if (isConnector(current) && isConnector(last)) out += last;
    else if (isConnector(last)) {
      upperWord = isUpper(current);
      current = upperCase(current);
    } else {
      if (upperWord && isUpper(current)) current = lowerCase(current);
      else upperWord = false;
      out += last;
    }
  }
  return out + current;
}

/** Words as xstrings.ToSnakeCase finds them, in lower case, joined by `by`. */
export function separated(text: string, by: string): string {
  return lowerCase(
    text
      .replace(/[-_\s]/g, by)
      .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, `$1${by}$2`)
      .replace(/([\p{Ll}\p{Nd}])(\p{Lu})/gu, `$1${by}$2`)
      .replace(/(\p{L})(\p{Nd}+\p{Ll})/gu, `$1${by}$2`),
  );
}
