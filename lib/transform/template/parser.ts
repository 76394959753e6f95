/** Tokens to a tree, with the grammar of text/template/parse. */
import type { Command, Operand, Part, Pipe } from './ast.ts';
import { TemplateFault } from './fault.ts';
import { type Token, tokenize } from './lexer.ts';
import { readLiteral } from './literal.ts';

/** What a name may be, besides a function. */
const keywords = new Set(['if', 'else', 'end', 'with', 'range', 'break', 'continue', 'define', 'template', 'block']);
/** Deepest nesting of blocks and parentheses. */
const deepest = 50;

interface Reader {
  peek(): Token;
  take(): Token;
  skipSpace(): void;
  /** Variables in force; a block drops its own. */
  variables: string[];
  depth: number;
  inRange: boolean;
}

/** @throws TemplateFault */
export function parseTemplate(text: string): Part[] {
  const tokens = tokenize(text);
  let index = 0;
  const end: Token = { kind: 'end', text: '', at: text.length };
  const reader: Reader = {
    peek: () => tokens[index] ?? end,
    take: () => tokens[index++] ?? end,
    skipSpace: () => {
      if (tokens[index]?.kind === 'space') index++;
    },
    variables: ['$'],
    depth: 0,
    inRange: false,
  };
  const { parts, stop } = readParts(reader);
  if (stop) throw new TemplateFault(`\`${stop.word}\` without a block to end`, stop.at);
  return parts;
}

interface Stop {
  word: 'end' | 'else';
  at: number;
}

/** Parts up to the end of the text, or to an `end` or `else` that is not theirs; the word itself is taken. */
function readParts(reader: Reader): { parts: Part[]; stop?: Stop } {
  const parts: Part[] = [];
  for (;;) {
    const token = reader.take();
    if (token.kind === 'end') return { parts };
    if (token.kind === 'text') {
      parts.push({ kind: 'text', text: token.text, at: token.at });
      continue;
    }
    reader.skipSpace();
    const word = reader.peek();
    if (word.kind !== 'name' || !keywords.has(word.text)) {
      parts.push({ kind: 'print', pipe: readPipe(reader, 'close', token.at), at: token.at });
      continue;
    }
    reader.take();
    if (word.text === 'end' || word.text === 'else') {
      if (word.text === 'end') close(reader);
      return { parts, stop: { word: word.text, at: word.at } };
    }
    parts.push(readBlock(reader, word));
  }
}

function readBlock(reader: Reader, { text: word, at }: Token): Part {
  if (word === 'break' || word === 'continue') {
    if (!reader.inRange) throw new TemplateFault(`\`${word}\` outside of range`, at);
    close(reader);
    return { kind: word, at };
  }
  if (word !== 'if' && word !== 'with' && word !== 'range') {
    throw new TemplateFault(`\`${word}\`: a key has no named templates`, at, 'template-function');
  }
  return nested(reader, at, () => {
    const kept = reader.variables.length;
    const wasInRange = reader.inRange;
    const pipe = readPipe(reader, 'close', at, word === 'range');
    const ofPipe = reader.variables.length;
    if (word === 'range') reader.inRange = true;
    const { parts: then, stop } = readParts(reader);
    reader.inRange = wasInRange;
    reader.variables.length = ofPipe;
    const otherwise = stop?.word === 'else' ? readElse(reader, word) : [];
    if (!stop) throw new TemplateFault(`\`${word}\` has no \`end\``, at);
    reader.variables.length = kept;
    return { kind: word, pipe, then, otherwise, at };
  });
}

/** After `else`: a chained `if` (or `with`), which ends with the whole, or parts up to `end`. */
function readElse(reader: Reader, word: string): Part[] {
  reader.skipSpace();
  const next = reader.peek();
  if (next.kind === 'name' && next.text === word && word !== 'range') {
    reader.take();
    return [readBlock(reader, next)];
  }
  close(reader);
  const { parts, stop } = readParts(reader);
  if (!stop) throw new TemplateFault('`else` has no `end`', next.at);
  if (stop.word === 'else') throw new TemplateFault('a second `else`', stop.at);
  return parts;
}

function close(reader: Reader): void {
  reader.skipSpace();
  const token = reader.take();
  if (token.kind !== 'close') throw new TemplateFault(`\`${token.text}\` has no meaning here`, token.at);
}

function nested<Result>(reader: Reader, at: number, read: () => Result): Result {
  reader.depth++;
  if (reader.depth > deepest) throw new TemplateFault(`nested more than ${deepest} deep`, at);
  const result = read();
  reader.depth--;
  return result;
}

function readPipe(reader: Reader, until: 'close' | ')', at: number, isRange = false): Pipe {
  return nested(reader, at, () => {
    const { variables, declares, first } = readVariables(reader, isRange);
    const commands: Command[] = [];
    if (first) commands.push(readCommand(reader, first));
    for (;;) {
      reader.skipSpace();
      const token = reader.peek();
      const ends = until === 'close' ? token.kind === 'close' : token.kind === 'symbol' && token.text === ')';
      if (ends && commands.length > 0) {
        reader.take();
        break;
      }
      if (ends) throw new TemplateFault('a value is missing', token.at);
      if (token.kind === 'close' || token.kind === 'end') throw new TemplateFault('`)` is missing', token.at);
      if (commands.length > 0) {
        if (token.kind !== 'symbol' || token.text !== '|')
          throw new TemplateFault(`\`${token.text}\` has no meaning here`, token.at);
        reader.take();
      }
      commands.push(readCommand(reader));
    }
    for (const command of commands.slice(1)) {
      const head = command.operands[0];
      if (head?.kind === 'literal' || head?.kind === 'nil' || head?.kind === 'dot') {
        throw new TemplateFault('what follows `|` is a function', command.at);
      }
    }
    // known from here on, not within the value itself
    if (declares) reader.variables.push(...variables);
    return { variables, declares, commands, at };
  });
}

/** `$x :=`, `$x =`, `$i, $x :=`; or a first operand that was no declaration. */
function readVariables(reader: Reader, isRange: boolean): { variables: string[]; declares: boolean; first?: Operand } {
  reader.skipSpace();
  if (reader.peek().kind !== 'variable') return { variables: [], declares: false };
  const names: Token[] = [reader.take()];
  const [first] = names as [Token];
  const beforeFields = reader.peek();
  if (beforeFields.kind === 'field') return { variables: [], declares: false, first: variable(reader, first) };
  reader.skipSpace();
  if (isRange && reader.peek().text === ',' && reader.peek().kind === 'symbol') {
    reader.take();
    reader.skipSpace();
    const second = reader.take();
    if (second.kind !== 'variable') throw new TemplateFault('after `,` a second variable is expected', second.at);
    names.push(second);
    reader.skipSpace();
  }
  const sign = reader.peek();
  const isSign = sign.kind === 'symbol' && (sign.text === ':=' || sign.text === '=');
  if (!isSign && names.length === 1) return { variables: [], declares: false, first: variable(reader, first) };
  if (!isSign) throw new TemplateFault('`:=` is missing', sign.at);
  reader.take();
  const declares = sign.text === ':=';
  if (!declares) for (const name of names) known(reader, name);
  return { variables: names.map(({ text }) => text), declares };
}

function readCommand(reader: Reader, first?: Operand): Command {
  const operands: Operand[] = first ? [first] : [];
  const at = first?.at ?? reader.peek().at;
  for (;;) {
    reader.skipSpace();
    const operand = readOperand(reader);
    if (!operand) break;
    operands.push(operand);
    const next = reader.peek();
    if (next.kind === 'symbol' && next.text === '(') throw new TemplateFault('a space is missing before `(`', next.at);
  }
  if (operands.length === 0) throw new TemplateFault('a value is missing', reader.peek().at);
  const [head, ...others] = operands as [Operand, ...Operand[]];
  if (others.length > 0 && head.kind !== 'call') {
    throw new TemplateFault('only a function takes arguments', others[0]?.at ?? at);
  }
  return { operands, at };
}

function readOperand(reader: Reader): Operand | undefined {
  const token = reader.peek();
  const { at } = token;
  if (token.kind === 'symbol' && token.text === '(') {
    reader.take();
    const pipe = readPipe(reader, ')', at);
    return { kind: 'pipe', pipe, fields: readFields(reader), at };
  }
  if (token.kind === 'close' || token.kind === 'end' || token.kind === 'symbol') return undefined;
  reader.take();
  if (token.kind === 'dot') return { kind: 'dot', fields: [], at };
  if (token.kind === 'field') return { kind: 'dot', fields: [token.text.slice(1), ...readFields(reader)], at };
  if (token.kind === 'variable') return variable(reader, token);
  if (token.kind !== 'name') return { kind: 'literal', value: readLiteral(token), at };
  if (token.text === 'true' || token.text === 'false') return { kind: 'literal', value: token.text === 'true', at };
  if (token.text === 'nil') return { kind: 'nil', at };
  if (keywords.has(token.text)) throw new TemplateFault(`\`${token.text}\` begins an action; it is no value`, at);
  if (reader.peek().kind === 'field')
    throw new TemplateFault(`\`${token.text}\` has no fields: put it in parentheses`, reader.peek().at);
  return { kind: 'call', name: token.text, at };
}

function variable(reader: Reader, token: Token): Operand {
  known(reader, token);
  return { kind: 'variable', name: token.text, fields: readFields(reader), at: token.at };
}

function known(reader: Reader, { text, at }: Token): void {
  if (!reader.variables.includes(text))
    throw new TemplateFault(`the variable \`${text}\` has no value: set it by \`${text} := …\` before`, at);
}

function readFields(reader: Reader): string[] {
  const fields: string[] = [];
  while (reader.peek().kind === 'field') fields.push(reader.take().text.slice(1));
  return fields;
}
