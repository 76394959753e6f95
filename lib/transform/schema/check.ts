/** Holds a resource to its schema, and tells every fault in a user's words. */
import type * as z from 'zod';
import { type Findings, formatPath, type Path } from '../../finding.ts';
import { meant } from '../../nearest.ts';
import { describe, isRecord, type TransformResource } from '../document/resource.ts';
import { withoutEmpty } from './empty.ts';
import { placeFor, shapeHint } from './hints.ts';
import { labelFault, metadataFields, nameFault, namespaceFault } from './metadata.ts';
import { keysAt } from './shape.ts';
import { type SpecFields, transformSchemas } from './transform.ts';

const topFields = ['apiVersion', 'kind', 'metadata', 'spec', 'status'];
type Issue = z.core.$ZodIssue;

/**
 * Tells every fault of form.
 *
 * @returns `spec` without what is at fault, so that the rest can be looked at further
 */
export function checkSchema(resource: TransformResource, findings: Findings): SpecFields {
  const schema = transformSchemas[resource.kind];
  const value = withoutEmpty(resource.value, schema, findings) as TransformResource['value'];
  const context: Context = { schema, value, plain: resource.plain, findings, misplaced: new Set() };
  for (const key of unknownKeys(value, topFields)) unknownField(key, topFields, [], context);
  checkMetadata(context);
  const spec = structuredClone(value.spec);
  for (const issue of schema.safeParse(value).error?.issues ?? []) {
    for (const path of tell(issue, context)) cut(spec, path.slice(1));
  }
  return isRecord(spec) ? (spec as SpecFields) : {};
}

interface Context {
  schema: z.ZodType;
  value: TransformResource['value'];
  plain: TransformResource['plain'];
  findings: Findings;
  /** Where fields belong that stand elsewhere. */
  misplaced: Set<string>;
}

function checkMetadata(context: Context): void {
  const { metadata } = context.value;
  const { findings, plain } = context;
  if (!isRecord(metadata)) {
    findings.error('missing', ['metadata'], 'metadata with a name is missing');
    return;
  }
  for (const key of unknownKeys(metadata, metadataFields)) unknownField(key, metadataFields, ['metadata'], context);
  checkLabels('labels', metadata, context);
  checkLabels('annotations', metadata, context);
  for (const [field, fault, needed] of [
    ['name', nameFault, true],
    ['namespace', namespaceFault, false],
  ] as const) {
    const found = metadata[field];
    const path = ['metadata', field];
    if (found === undefined || found === null || found === '') {
      if (needed) findings.error('missing', path, 'the name is missing');
    } else if (typeof found !== 'string') {
      findings.error('wrong-type', path, `${field} is text; found ${describe(found)}${quotes(found, plain(path))}`);
    } else {
      const message = fault(found);
      if (message !== undefined) findings.error(`${field}-invalid`, path, message);
    }
  }
}

/** The API server refuses what is no map of text. */
function checkLabels(field: 'labels' | 'annotations', metadata: Readonly<Record<string, unknown>>, context: Context): void {
  const { findings, plain } = context;
  const found = metadata[field];
  if (found === undefined || found === null) return;
  if (!isRecord(found)) {
    findings.error('wrong-type', ['metadata', field], `expected a map; found ${describe(found)}`);
    return;
  }
  for (const [name, value] of Object.entries(found)) {
    const path = ['metadata', field, name];
    if (typeof value !== 'string')
      findings.error('wrong-type', path, `expected text; found ${describe(value)}${quotes(value, plain(path))}`);
    else {
      const fault = labelFault(field, name, value);
      if (fault !== undefined) findings.error('label-invalid', path, fault);
    }
  }
}

const unknownKeys = (value: Readonly<Record<string, unknown>>, known: readonly string[]): string[] =>
  Object.keys(value).filter((key) => !known.includes(key));

function unknownField(key: string, known: readonly string[], path: Path, { schema, findings, misplaced }: Context): void {
  const nearest = meant(key, known);
  const right = nearest === '' ? placeFor(key, path, schema) : undefined;
  if (right?.path) misplaced.add(formatPath(right.path));
  // a map of many fields is not served by a list of all
  const all = known.length <= 12 ? `; there are ${known.join(', ')}` : '';
  findings.error('unknown-field', [...path, key], `no field \`${key}\` here${nearest || (right?.hint ?? all)}`);
}

/** @returns the paths that cannot be used */
function tell(issue: Issue, context: Context): Path[] {
  const { schema, value, plain, findings } = context;
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) unknownField(key, keysAt(schema, path), path, context);
    return issue.keys.map((key) => [...path, key]);
  }
  const found = at(value, path);
  const name = path.at(-1);
  const isMisplaced = context.misplaced.has(formatPath(path));
  if (found === undefined) {
    findings.error('missing', path, `\`${String(name)}\` is missing${isMisplaced ? ' here' : ''}`);
    return [];
  }
  if (found === null) {
    const remedy = isMisplaced ? 'what belongs to it is indented more than it is' : `write ${expected(issue)}`;
    const what = typeof name === 'number' ? 'this entry' : `\`${String(name)}\``;
    findings.error('empty', path, `${what} is there without a value: ${remedy}`);
    return [path];
  }
  if (issue.code === 'invalid_value') {
    const options = issue.values.map(String);
    const hint = typeof found === 'string' ? meant(found, options) : '';
    findings.error('not-allowed', path, `${describe(found)} is not one of ${options.join(', ')}${hint}`);
  } else if (issue.code === 'too_small' || issue.code === 'too_big') {
    findings.error('out-of-range', path, `${describe(found)} ${bound(issue)}`);
  } else if (issue.code === 'invalid_format') {
    findings.error('not-allowed', path, `${describe(found)} has not the form of ${expected(issue)}`);
  } else {
    const hint = unitHint(path, found) || quoteHint(issue, found, plain(path)) || shapeHint(path, found, schema);
    findings.error('wrong-type', path, `expected ${expected(issue)}; found ${describe(found)}${hint}`);
  }
  return [path];
}

const words: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
};

function expected(issue: Issue): string {
  if (issue.code === 'invalid_type') return words[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_format') return issue.format === 'regex' ? 'a quantity such as 16Gi' : `a ${issue.format}`;
  if (issue.code !== 'invalid_union') return 'a value';
  const options = issue.errors.flatMap((errors) =>
    errors.filter(({ path }) => path.length === 0).map((error) => expected(error as Issue)),
  );
  return [...new Set(options)].join(' or ') || 'a value';
}

/** A number alone is no duration, in quotes neither. */
function unitHint(path: Path, found: unknown): string {
  const duration = path.at(-2) === 'limits' && (path.at(-1) === 'timeout' || path.at(-1) === 'stall');
  return duration && typeof found === 'number' ? `; write its unit: ${found}s for seconds, ${found}m for minutes` : '';
}

function quoteHint(issue: Issue, found: unknown, plain: string | undefined): string {
  if (issue.code !== 'invalid_type') return '';
  if (issue.expected === 'string') return quotes(found, plain);
  const wanted = { boolean: /^(true|false)$/, number: /^-?\d+(\.\d+)?$/, int: /^-?\d+$/ }[issue.expected as string];
  return typeof found === 'string' && wanted?.test(found) ? `; write it without quotes: ${found}` : '';
}

/** `plain`: what stands there without quotes, as it is written. */
function quotes(found: unknown, plain: string | undefined): string {
  return typeof found === 'number' || typeof found === 'boolean' ? `; put it in quotes: "${plain ?? found}"` : '';
}

function bound(issue: Issue): string {
  if (issue.code === 'too_small') {
    if (issue.origin === 'string') return 'is empty';
    if (issue.origin === 'array') return `has too few entries: at least ${issue.minimum}`;
    return `is too small: at least ${issue.minimum}`;
  }
  if (issue.code !== 'too_big') return 'is out of range';
  if (issue.origin === 'string') return `is too long: at most ${issue.maximum} characters`;
  if (issue.origin === 'array') return `has too many entries: at most ${issue.maximum}`;
  return `is too large: at most ${issue.maximum}`;
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (within, part) => (typeof within === 'object' && within !== null ? (within as Record<string, unknown>)[part] : undefined),
    value,
  );
}

/** Takes the value at `path` out; an entry of a list is emptied in place, so that the others keep their numbers. */
function cut(value: unknown, path: Path): void {
  const parent = at(value, path.slice(0, -1));
  const last = path.at(-1);
  if (last === undefined || typeof parent !== 'object' || parent === null) return;
  if (Array.isArray(parent)) parent[Number(last)] = {};
  else delete (parent as Record<string, unknown>)[last];
}
