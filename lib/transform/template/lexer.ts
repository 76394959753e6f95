/** Go template text to tokens, as text/template/parse/lex.go reads it. */
import { TemplateFault } from './fault.ts';

export type TokenKind =
  | 'text' // between actions
  | 'open' // {{
  | 'close' // }}
  | 'space'
  | 'name' // a function, a keyword, true, false, nil
  | 'field' // .Name
  | 'dot' // . alone
  | 'variable' // $ or $name
  | 'number'
  | 'char' // 'x'
  | 'string' // "x" or `x`
  | 'symbol' // ( ) | := = ,
  | 'end';

export interface Token {
  kind: TokenKind;
  text: string;
  at: number;
}

const spaces = /[ \t\r\n]+/y;
/** In the order in which they are tried. */
const inside: Array<[TokenKind, RegExp]> = [
  ['space', spaces],
  ['number', /[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/y],
  ['field', /\.[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['dot', /\./y],
  ['variable', /\$[\p{L}\p{Nd}_]*/uy],
  ['name', /[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ['string', /"(?:[^"\\\n]|\\[^\n])*"/y],
  ['string', /`[^`]*`/y],
  ['char', /'(?:[^'\\\n]|\\[^\n])+'/y],
  ['symbol', /:=|[()|=,]/y],
];

/** @throws TemplateFault */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  // {{- trims the text before it, -}} the text after it
  let trimNext = false;
  while (at < text.length) {
    const start = text.indexOf('{{', at);
    const end = start === -1 ? text.length : start;
    const trims = start !== -1 && /^-[ \t\r\n]/.test(text.slice(start + 2, start + 4));
    let words = text.slice(at, end);
    if (trimNext) words = words.replace(/^[ \t\r\n]+/, '');
    if (trims) words = words.replace(/[ \t\r\n]+$/, '');
    if (words !== '') tokens.push({ kind: 'text', text: words, at });
    if (start === -1) break;
    const body = start + (trims ? 3 : 2);
    const comment = commentEnd(text, body);
    if (comment) {
      [at, trimNext] = [comment.at, comment.trims];
      continue;
    }
    tokens.push({ kind: 'open', text: '{{', at: start });
    const close = action(text, body, start, tokens);
    [at, trimNext] = [close.at, close.trims];
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}

/** A comment is all that its action holds. */
function commentEnd(text: string, body: number): { at: number; trims: boolean } | undefined {
  const begin = /[ \t\r\n]*\/\*/y;
  begin.lastIndex = body;
  if (!begin.test(text)) return undefined;
  const end = text.indexOf('*/', begin.lastIndex);
  if (end === -1) throw new TemplateFault('a comment has no end (*/)', body);
  const close = /[ \t\r\n]*?([ \t\r\n]-)?\}\}/y;
  close.lastIndex = end + 2;
  const closed = close.exec(text);
  if (!closed) throw new TemplateFault('a comment ends before its closing }}', end);
  return { at: close.lastIndex, trims: closed[1] !== undefined };
}

function action(text: string, body: number, start: number, tokens: Token[]): { at: number; trims: boolean } {
  let at = body;
  while (at < text.length) {
    const trims = /^[ \t\r\n]-\}\}/.test(text.slice(at, at + 4));
    if (trims || text.startsWith('}}', at)) {
      tokens.push({ kind: 'close', text: '}}', at });
      return { at: at + (trims ? 4 : 2), trims };
    }
    const token = next(text, at, tokens.at(-1)?.kind);
    tokens.push(token);
    at += token.text.length;
  }
  throw new TemplateFault('an action has no end: }} is missing', start);
}

function next(text: string, at: number, before: TokenKind | undefined): Token {
  // the one before the closing }} of a trimming action is taken by the caller
  for (const [kind, form] of inside) {
    // x.5 is a field after a name, not a number
    form.lastIndex = at;
    const found = form.exec(text)?.[0];
    if (found === undefined || found === '') continue;
    if (kind === 'space') return { kind, text: trimSpace(text, at, found), at };
    if (kind === 'number' && /[\p{L}\p{Nd}_]/u.test(text.charAt(at + found.length))) {
      throw new TemplateFault(`\`${/^[\w.+-]*/.exec(text.slice(at))?.[0]}\` is no number`, at);
    }
    if (glued(kind, before)) throw new TemplateFault(`\`${found}\` is not set apart by a space from what stands before it`, at);
    return { kind, text: found, at };
  }
  const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (char === '"' || char === '`' || char === "'") throw new TemplateFault('a quotation has no end', at);
  throw new TemplateFault(char === '}' ? '`{{` is closed by `}}`' : `\`${char}\` has no meaning here`, at);
}

/** The last space before -}} belongs to the mark. */
function trimSpace(text: string, at: number, found: string): string {
  const rest = text.slice(at + found.length, at + found.length + 3);
  return rest === '-}}' && found.length > 1 ? found.slice(0, -1) : found;
}

const operands: ReadonlySet<TokenKind> = new Set(['name', 'field', 'dot', 'variable', 'number', 'char', 'string']);

function glued(kind: TokenKind, before: TokenKind | undefined): boolean {
  if (before === undefined || !operands.has(before) || !operands.has(kind)) return false;
  // $x.Field, .A.B: the parser puts them together
  return !(kind === 'field' && (before === 'variable' || before === 'field' || before === 'name'));
}
