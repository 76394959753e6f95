/** Launch text to tokens, by the rules of GStreamer's lexer: the longest match wins, and a value may hold anything. */

export type Token = { at: number; end: number } & (
  | { kind: 'assignment'; name: string; raw: string }
  | { kind: 'preset'; text: string }
  | { kind: 'pad'; pad: string }
  | { kind: 'reference'; name: string; pad?: string }
  | { kind: 'bin'; factory: string }
  | { kind: 'identifier'; text: string }
  /** `all`: written with `:`, which links every pad that shows up. */
  | { kind: 'link'; all: boolean; caps?: string }
  /** Caps in quotes of their own, as they stand in a shell. */
  | { kind: 'caps'; caps: string }
  | { kind: 'url'; text: string }
  | { kind: 'operator'; text: string }
  | { kind: 'end' }
);

const blanks = '[ \\t\\n\\v\\f\\r]*';
const identifier = '[A-Za-z0-9_][A-Za-z0-9_%:-]*';
const mediaType = '[A-Za-z0-9-]+/[A-Za-z0-9-]+';

const patterns = {
  blanks: new RegExp(blanks, 'y'),
  assignment: new RegExp(`(${identifier})${blanks}=${blanks}`, 'y'),
  preset: new RegExp(`@[A-Za-z]+${blanks}=${blanks}`, 'y'),
  pad: new RegExp(`\\.(${identifier})`, 'y'),
  reference: new RegExp(`(${identifier})\\.(${identifier})?`, 'y'),
  bin: new RegExp(`(${identifier})${blanks}\\.${blanks}\\(`, 'y'),
  identifier: new RegExp(identifier, 'y'),
  protocol: /[A-Za-z][A-Za-z0-9+.-]*:\/\//y,
  path: /[".{_identifr}]?\//y,
  filter: new RegExp(`[!:]${blanks}${mediaType}`, 'y'),
  alternative: new RegExp(`;${blanks}${mediaType}`, 'y'),
  quotedCaps: new RegExp(`(["'])${blanks}(${mediaType}[^"']*)\\1`, 'y'),
};

export function nextToken(text: string, from: number): Token {
  const at = matchAt(patterns.blanks, text, from)?.end ?? from;
  if (at >= text.length) return { kind: 'end', at, end: at };
  const candidates = [
    assignment(text, at),
    preset(text, at),
    named(text, at),
    link(text, at),
    quotedCaps(text, at),
    url(text, at),
    { kind: 'operator', at, end: at + 1, text: text[at] ?? '' } satisfies Token,
  ].filter((token) => token !== undefined);
  return candidates.reduce((longest, token) => (token.end > longest.end ? token : longest));
}

function assignment(text: string, at: number): Token | undefined {
  const found = matchAt(patterns.assignment, text, at);
  const end = found && endOfString(text, found.end);
  return found && end !== undefined
    ? { kind: 'assignment', at, end, name: found.groups[0] ?? '', raw: text.slice(found.end, end) }
    : undefined;
}

function preset(text: string, at: number): Token | undefined {
  const found = matchAt(patterns.preset, text, at);
  const end = found && endOfString(text, found.end);
  return end === undefined ? undefined : { kind: 'preset', at, end, text: text.slice(at, end) };
}

/** What begins with a name, or with the dot before one. */
function named(text: string, at: number): Token | undefined {
  const pad = matchAt(patterns.pad, text, at);
  if (pad) return { kind: 'pad', at, end: pad.end, pad: pad.groups[0] ?? '' };
  const bin = matchAt(patterns.bin, text, at);
  if (bin) return { kind: 'bin', at, end: bin.end, factory: bin.groups[0] ?? '' };
  const reference = matchAt(patterns.reference, text, at);
  if (reference) {
    const [name = '', padName] = reference.groups;
    return { kind: 'reference', at, end: reference.end, name, ...(padName !== undefined && { pad: padName }) };
  }
  const word = matchAt(patterns.identifier, text, at);
  return word && { kind: 'identifier', at, end: word.end, text: text.slice(at, word.end) };
}

/** `!` or `:`, with the caps and the operator behind them where both follow. */
function link(text: string, at: number): Token | undefined {
  if (text[at] !== '!' && text[at] !== ':') return undefined;
  const begun = matchAt(patterns.filter, text, at);
  const close = begun && endOfCaps(text, begun.end);
  if (close === undefined) return { kind: 'link', at, end: at + 1, all: text[at] === ':' };
  const all = text[at] === ':' || text[close] === ':';
  return { kind: 'link', at, end: close + 1, all, caps: plainCaps(text.slice(at + 1, close)) };
}

/** Where the operator stands that ends caps: the first `!`, or the last `:` before there is nothing more. */
function endOfCaps(text: string, from: number): number | undefined {
  let last: number | undefined;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    const escaped = text[at - 1] === '\\';
    if (character === '!' && !escaped) return at;
    if (character === '!' || character === ':') last = at;
    else if (character === ';' && !escaped && text[at - 1] !== ',') {
      const next = matchAt(patterns.alternative, text, at);
      if (!next) return last;
      at = next.end - 1;
    }
  }
  return last;
}

/** A shell's word with blanks or parentheses comes with backslashes before them. */
const plainCaps = (caps: string) => caps.replace(/\\([\s()])/g, '$1').trim();

function quotedCaps(text: string, at: number): Token | undefined {
  const found = matchAt(patterns.quotedCaps, text, at);
  return found && { kind: 'caps', at, end: found.end, caps: plainCaps(found.groups[1] ?? '') };
}

function url(text: string, at: number): Token | undefined {
  const begun = matchAt(patterns.protocol, text, at) ?? matchAt(patterns.path, text, at);
  const end = begun && (endOfString(text, begun.end) ?? (text[begun.end - 2] === '/' ? begun.end : undefined));
  return end === undefined ? undefined : { kind: 'url', at, end, text: text.slice(at, end) };
}

/** A run without blanks, but for those with a backslash before them; or what stands in quotes: whichever is longer. */
function endOfString(text: string, from: number): number | undefined {
  let end = from;
  while (
    end < text.length &&
    (!/[ \t\n\v\f\r]/.test(text[end] ?? '') || (end > from && text[end - 1] === '\\' && text[end] !== '\n'))
  )
    end++;
  const quote = text[from];
  if (quote === '"' || quote === "'") end = Math.max(end, endOfQuoted(text, from, quote) ?? end);
  return end > from ? end : undefined;
}

/** Behind the first quote that no backslash stands before; if each has one, behind the last. */
function endOfQuoted(text: string, from: number, quote: string): number | undefined {
  let last: number | undefined;
  for (let at = text.indexOf(quote, from + 1); at >= 0; at = text.indexOf(quote, at + 1)) {
    last = at + 1;
    if (text[at - 1] !== '\\') break;
  }
  return last;
}

function matchAt(pattern: RegExp, text: string, at: number): { end: number; groups: Array<string | undefined> } | undefined {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  return found ? { end: at + found[0].length, groups: found.slice(1) } : undefined;
}
