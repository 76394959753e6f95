/** What is wrong with the YAML itself, in words that say what to write instead. */
import type { YAMLError } from 'yaml';

export interface SyntaxFault {
  rule: string;
  message: string;
  /** Offset in the text. */
  at: number;
}

export const isTwin = ({ code }: YAMLError): boolean => code === 'DUPLICATE_KEY';

export const tooDeep = 'nested too deep to be read';

/** Looks like an indentation, and is none: what comes after it is at fault for the parser. */
const falseIndentation = /^[ -]*(?=\u00a0)/m;
const field = String.raw`^\s*(?:- +)?([A-Za-z_][\w-]*)`;
/** Slips of the hand, told by the line that they are in; of some only the error of the parser tells that they are slips. */
const slips: ReadonlyArray<{ line: RegExp; codes?: readonly string[]; say: (found: RegExpExecArray) => string }> = [
  {
    line: /^(?:[^#"']*:\s+|\s*)\{\{/,
    say: () => 'YAML reads `{{` as a map: put a key template in quotes, and let Helm render a chart first',
  },
  {
    line: /^\s*-([A-Za-z_][\w-]*)\s*:/,
    say: ([, name]) => `a blank goes behind the dash: \`- ${name}:\``,
  },
  {
    line: new RegExp(String.raw`${field}:(\S.*?)\s*$`),
    codes: ['MULTILINE_IMPLICIT_KEY'],
    say: ([, name, value]) => `a blank goes behind the colon: \`${name}: ${value}\``,
  },
  {
    line: new RegExp(String.raw`${field}\s*$`),
    codes: ['MULTILINE_IMPLICIT_KEY'],
    say: ([, name]) => `a colon goes behind the name of a field: \`${name}:\``,
  },
  {
    line: /^[^"']*:\s.*?([^\s:]+):\s/,
    codes: ['BLOCK_AS_IMPLICIT_KEY'],
    say: () => 'a value with `: ` in it stands in quotes; a further field, in a line of its own',
  },
];

export function syntaxFault({ code, message, pos: [at] }: YAMLError, text: string): SyntaxFault {
  const begin = text.lastIndexOf('\n', at - 1) + 1;
  const line = /[^\r\n]*/.exec(text.slice(begin))?.[0] ?? '';
  if (code === 'DUPLICATE_KEY') {
    const key = /^(["']?)(.*?)\1\s*:/.exec(text.slice(at, begin + line.length))?.[2];
    return { rule: 'duplicate-key', message: `${key ? `\`${key}\`` : 'this key'} is there twice in one map`, at };
  }
  const rule = 'yaml-syntax';
  const odd = falseIndentation.exec(text);
  if (odd) {
    const message = 'a no-break space (U+00A0) stands in the indentation: plain ones are needed';
    return { rule, message, at: odd.index + odd[0].length };
  }
  if (code === 'TAB_AS_INDENT') return { rule, message: 'a tab indents this line; YAML is indented by spaces', at };
  for (const slip of slips) {
    const found = slip.codes && !slip.codes.includes(code) ? undefined : slip.line.exec(line);
    if (found) return { rule, message: slip.say(found), at: begin + line.search(/\S/) };
  }
  const words = inWords(code, message, text[at]);
  if (code === 'MISSING_CHAR') return { rule, message: words, at: text.slice(0, at).trimEnd().length };
  return { rule, message: words, at: text[at] === ' ' ? begin + Math.max(0, line.search(/\S/)) : at };
}

function inWords(code: string, message: string, character = ''): string {
  if (code === 'RESOURCE_EXHAUSTION') return tooDeep;
  if (code === 'BLOCK_AS_IMPLICIT_KEY' || (code === 'BAD_INDENT' && message.startsWith('All mapping')))
    return 'the indentation fits nothing above this line: what belongs to one map or list begins at one column';
  if (code === 'BAD_DQ_ESCAPE')
    return `${firstLine(message)}: between double quotes a \`\\\` is written \`\\\\\`; between single ones it stands for itself`;
  if (code === 'MISSING_CHAR' && message.includes('quote')) return `a ${message.includes('"') ? '`"`' : "`'`"} is never closed`;
  if (message === 'Unexpected scalar at node end')
    return 'the value ended before this: text with quotes in it stands in quotes of the other kind';
  if (code === 'BAD_SCALAR_START') return `a value that begins with \`${character}\` stands in quotes`;
  return firstLine(message);
}

export function firstLine(message: string): string {
  return message.split('\n')[0]?.replace(/:$/, '') ?? message;
}
