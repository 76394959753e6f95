/** Key templates: Go template syntax with sprig's functions, checked once, rendered for each object. */
import { meant } from '../../nearest.ts';
import type { Operand, Part, Pipe } from './ast.ts';
import { contextFields, contextOf, type TemplateSource } from './context.ts';
import { evaluate } from './evaluate.ts';
import { position, TemplateFault } from './fault.ts';
import { functions, lazyFunctions, refusalOf } from './functions/index.ts';
import { parseTemplate } from './parser.ts';
import { type GoTime, utc } from './time.ts';

/** Longest template, in characters. */
const longestTemplate = 4096;

export interface TemplateFinding {
  rule: string;
  message: string;
  /** Offset in the template. */
  at: number;
  /** In the template, from 1. */
  line: number;
  column: number;
}

export interface KeyTemplate {
  readonly text: string;
  /** What is wrong with it; a template with findings does not render. */
  readonly findings: readonly TemplateFinding[];
  /** @throws TemplateFault where it gives no key for this source */
  render(source: TemplateSource): string;
}

/** Compiled templates that are kept: of the Transforms that have work to do, and many share theirs. */
const kept = 1000;
const compiled = new Map<string, KeyTemplate>();

/** Never throws: what is wrong is a finding. */
export function compileKeyTemplate(text: string): KeyTemplate {
  const known = compiled.get(text);
  if (known) return known;
  const template = compile(text);
  if (compiled.size >= kept) compiled.clear();
  compiled.set(text, template);
  return template;
}

function compile(text: string): KeyTemplate {
  const faults: TemplateFault[] = [];
  const parts = guarded(() => {
    if (text.length > longestTemplate)
      throw new TemplateFault(
        `the template has ${text.length} characters; at most ${longestTemplate} are read`,
        0,
        'template-limit',
      );
    return parseTemplate(text);
  }, faults);
  if (parts) checkNames(parts, true, (fault) => faults.push(fault));
  const findings = faults.map(({ message, at, rule }) => ({ rule, message, at, ...position(text, at) }));
  return {
    text,
    findings,
    render(source) {
      const [fault] = faults;
      if (fault || !parts) throw fault ?? new TemplateFault('cannot be read', 0);
      const now: GoTime = { kind: 'time', ms: momentOf(source.eventTime), zone: utc };
      return wrapped(() => evaluate(parts, contextOf(source), { now }));
    },
  };
}

function momentOf(eventTime: string): number {
  const ms = Date.parse(eventTime);
  if (Number.isNaN(ms)) throw new TemplateFault(`the time of the event, \`${eventTime}\`, cannot be read`, 0);
  return ms;
}

function guarded<Result>(read: () => Result, faults: TemplateFault[]): Result | undefined {
  try {
    return wrapped(read);
  } catch (error) {
    faults.push(error as TemplateFault);
    return undefined;
  }
}

/** Whatever goes wrong, a stack overflow included, is the template's fault. */
function wrapped<Result>(run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (error instanceof TemplateFault) throw error;
    throw new TemplateFault(
      `cannot be evaluated: ${error instanceof Error ? error.message : String(error)}`,
      0,
      'template-limit',
    );
  }
}

/** Functions and fields that do not exist are told before any object comes, all at once. */
function checkNames(parts: Part[], rootDot: boolean, tell: (fault: TemplateFault) => void): void {
  for (const part of parts) {
    if (!('pipe' in part)) continue;
    checkPipe(part.pipe, rootDot, tell);
    if (!('then' in part)) continue;
    checkNames(part.then, rootDot && part.kind === 'if', tell);
    checkNames(part.otherwise, rootDot, tell);
  }
}

function checkPipe(pipe: Pipe, rootDot: boolean, tell: (fault: TemplateFault) => void): void {
  for (const { operands } of pipe.commands) for (const operand of operands) checkOperand(operand, rootDot, tell);
}

function checkOperand(operand: Operand, rootDot: boolean, tell: (fault: TemplateFault) => void): void {
  if (operand.kind === 'call') {
    const { name, at } = operand;
    if (functions.has(name) || lazyFunctions.includes(name)) return;
    const reason = refusalOf(name);
    const field = contextFields.find((known) => known.toLowerCase() === name.toLowerCase());
    const hint = field === undefined ? meant(name, [...functions.keys(), ...lazyFunctions]) : `; did you mean \`.${field}\`?`;
    tell(
      new TemplateFault(
        reason === undefined ? `no function \`${name}\`${hint}` : `\`${name}\` ${reason}`,
        at,
        'template-function',
      ),
    );
  } else if (operand.kind === 'pipe') checkPipe(operand.pipe, rootDot, tell);
  else if ((operand.kind === 'dot' && rootDot) || (operand.kind === 'variable' && operand.name === '$')) {
    const [field, ...more] = operand.fields;
    if (field === undefined) return;
    if (!contextFields.includes(field)) {
      const known = contextFields.map((name) => `.${name}`).join(', ');
      tell(
        new TemplateFault(
          `no field \`.${field}\`${
            meant(
              `.${field}`,
              contextFields.map((name) => `.${name}`),
            ) || `; there are ${known}`
          }`,
          operand.at,
          'template-field',
        ),
      );
    } else if (more.length > 0)
      tell(new TemplateFault(`\`.${field}\` is text, and has no field \`.${more[0]}\``, operand.at, 'template-field'));
  }
}
