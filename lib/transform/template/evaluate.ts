/** Runs a parsed template, as text/template/exec.go does, within bounds. */
import type { Command, Operand, Part, Pipe } from './ast.ts';
import { callFunction, cost, type Moment, type Spend } from './call.ts';
import { TemplateFault } from './fault.ts';
import { functions } from './functions/index.ts';
import { isTime } from './time.ts';
import { print, truth, typeName, type Value } from './values.ts';

/** Work that one rendering may do: a step for each part and operand, and one for each 64 characters that a function reads or makes. */
const mostSteps = 20_000;
/** Longest text that may come up, in characters: a key has 1024 bytes. */
export const longestText = 8192;

interface Run {
  root: Value;
  dot: Value;
  variables: Array<{ name: string; value: Value }>;
  moment: Moment;
  spend: Spend;
  write(text: string): void;
}

type Flow = 'on' | 'break' | 'continue';

/** @throws TemplateFault */
export function evaluate(parts: Part[], root: Value, moment: Moment): string {
  let steps = 0;
  let output = '';
  const run: Run = {
    root,
    dot: root,
    variables: [{ name: '$', value: root }],
    moment,
    spend: (amount, at) => {
      steps += amount;
      if (steps > mostSteps) throw new TemplateFault('does too much work for a key', at, 'template-limit');
    },
    write: (text) => {
      output += text;
      if (output.length > longestText) throw new TemplateFault(`makes more than ${longestText} characters`, 0, 'template-limit');
    },
  };
  runParts(run, parts);
  return output;
}

function runParts(run: Run, parts: Part[]): Flow {
  const kept = run.variables.length;
  try {
    for (const part of parts) {
      run.spend(1, part.at);
      const flow = runPart(run, part);
      if (flow !== 'on') return flow;
    }
    return 'on';
  } finally {
    run.variables.length = kept;
  }
}

function runPart(run: Run, part: Part): Flow {
  if (part.kind === 'text') run.write(part.text);
  else if (part.kind === 'print') {
    const value = pipeline(run, part.pipe);
    if (part.pipe.variables.length > 0) return 'on';
    // Go prints <no value>, which nobody wants in a key
    if (value === null) throw new TemplateFault('has no value to print', part.at);
    run.spend(cost([value]), part.at);
    run.write(print(value));
  } else if (!('pipe' in part)) return part.kind;
  else if (part.kind === 'range') return runRange(run, part);
  else {
    const kept = run.variables.length;
    const value = pipeline(run, part.pipe);
    const held = truth(value);
    const flow = runParts(part.kind === 'with' && held ? { ...run, dot: value } : run, held ? part.then : part.otherwise);
    run.variables.length = kept;
    return flow;
  }
  return 'on';
}

function runRange(run: Run, part: Part & { kind: 'range' | 'if' | 'with' }): Flow {
  const kept = run.variables.length;
  const { variables, declares } = part.pipe;
  const over = pipeline(run, { ...part.pipe, variables: [] });
  const entries = entriesOf(over, part.at);
  try {
    if (entries.length === 0) return runParts(run, part.otherwise);
    for (const [key, value] of entries) {
      run.variables.length = kept;
      run.spend(1, part.at);
      const [first, second] = variables;
      if (second !== undefined && first !== undefined) {
        setVariable(run, first, key, declares);
        setVariable(run, second, value, declares);
      } else if (first !== undefined) setVariable(run, first, value, declares);
      if (runParts({ ...run, dot: value }, part.then) === 'break') break;
    }
    return 'on';
  } finally {
    run.variables.length = kept;
  }
}

function entriesOf(over: Value, at: number): Array<[Value, Value]> {
  if (over === null) return [];
  if (Array.isArray(over)) return over.map((value, index) => [BigInt(index), value]);
  if (over instanceof Map) return [...over.keys()].sort().map((key) => [key, over.get(key) ?? null]);
  if (typeof over === 'bigint' && over <= 10_000n)
    return Array.from({ length: Math.max(0, Number(over)) }, (_, index) => [BigInt(index), BigInt(index)]);
  throw new TemplateFault(`range goes over lists and maps; found ${typeName(over)}`, at);
}

function pipeline(run: Run, pipe: Pipe): Value {
  let value: Value | undefined;
  for (const command of pipe.commands) value = runCommand(run, command, value);
  const result = value ?? null;
  for (const name of pipe.variables) setVariable(run, name, result, pipe.declares);
  return result;
}

function setVariable(run: Run, name: string, value: Value, declares: boolean): void {
  if (declares) {
    run.variables.push({ name, value });
    return;
  }
  const known = run.variables.findLast((variable) => variable.name === name);
  if (known) known.value = value;
}

/** `last` is what comes down the pipe; undefined for the first command. */
function runCommand(run: Run, { operands, at }: Command, last: Value | undefined): Value {
  const [head, ...others] = operands;
  if (!head) throw new TemplateFault('a value is missing', at);
  if (head.kind !== 'call') {
    if (last !== undefined) throw new TemplateFault('what follows `|` is a function', at);
    if (head.kind === 'nil') throw new TemplateFault('nil is no command', at);
    return operand(run, head);
  }
  if (head.name === 'and' || head.name === 'or') return lazy(run, head.name, others, last, head.at);
  const values = others.map((other) => operand(run, other));
  if (last !== undefined) values.push(last);
  return invoke(run, head.name, values, head.at);
}

/** `and` and `or` leave the arguments after the deciding one alone. */
function lazy(run: Run, name: 'and' | 'or', others: Operand[], last: Value | undefined, at: number): Value {
  if (others.length === 0 && last === undefined) throw new TemplateFault(`\`${name}\` takes at least 1 argument`, at);
  let value: Value = null;
  for (const other of others) {
    value = operand(run, other);
    if (truth(value) === (name === 'or')) return value;
  }
  return last === undefined ? value : last;
}

function operand(run: Run, of: Operand): Value {
  run.spend(1, of.at);
  switch (of.kind) {
    case 'literal':
      return of.value;
    case 'nil':
      return null;
    case 'dot':
      return fields(run.dot, of.fields, of.at);
    case 'variable':
      return fields(run.variables.findLast(({ name }) => name === of.name)?.value ?? null, of.fields, of.at);
    case 'pipe':
      return fields(pipeline(run, of.pipe), of.fields, of.at);
    case 'call':
      return invoke(run, of.name, [], of.at);
  }
}

function fields(value: Value, names: string[], at: number): Value {
  let within = value;
  for (const name of names) {
    if (!(within instanceof Map))
      throw new TemplateFault(`no field \`${name}\` in ${isTime(within) ? 'a time' : typeName(within)}`, at);
    within = within.get(name) ?? null;
  }
  return within;
}

function invoke(run: Run, name: string, values: Value[], at: number): Value {
  const definition = functions.get(name);
  if (!definition) throw new TemplateFault(`no function \`${name}\``, at, 'template-function');
  return callFunction(name, definition, values, { moment: run.moment, spend: run.spend, at });
}
