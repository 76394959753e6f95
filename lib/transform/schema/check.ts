/** Holds a resource to its schema, and tells every fault in a user's words. */
import type * as z from 'zod';
import type { Findings, Path } from '../../finding.ts';
import { meant, nearestName } from '../../nearest.ts';
import { describe, isRecord, type TransformResource } from '../document/resource.ts';
import { metadataFields, nameFault, namespaceFault } from './metadata.ts';
import { keysAt } from './shape.ts';
import { type SpecFields, transformSchemas } from './transform.ts';

const topFields = ['apiVersion', 'kind', 'metadata', 'spec', 'status'];
type Issue = z.core.$ZodIssue;

/**
 * Tells every fault of form.
 *
 * @returns `spec` without what is at fault, so that the rest can be looked at further
 */
export function checkSchema({ kind, value }: TransformResource, findings: Findings): SpecFields {
  unknownKeys(value, topFields, [], findings);
  checkMetadata(value.metadata, findings);
  const schema = transformSchemas[kind];
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data.spec;
  const spec = structuredClone(value.spec);
  for (const issue of parsed.error.issues) {
    for (const path of tell(issue, schema, value, findings)) cut(spec, path.slice(1));
  }
  return isRecord(spec) ? (spec as SpecFields) : {};
}

function checkMetadata(metadata: unknown, findings: Findings): void {
  if (!isRecord(metadata)) {
    findings.error('missing', ['metadata'], 'metadata with a name is missing');
    return;
  }
  unknownKeys(metadata, metadataFields, ['metadata'], findings);
  for (const [field, fault, needed] of [
    ['name', nameFault, true],
    ['namespace', namespaceFault, false],
  ] as const) {
    const found = metadata[field];
    const path = ['metadata', field];
    if (found === undefined || found === null || found === '') {
      if (needed) findings.error('missing', path, 'the name is missing');
    } else if (typeof found !== 'string') {
      findings.error('wrong-type', path, `${field} is text; found ${describe(found)}`);
    } else {
      const message = fault(found);
      if (message !== undefined) findings.error(`${field}-invalid`, path, message);
    }
  }
}

function unknownKeys(value: Readonly<Record<string, unknown>>, known: readonly string[], path: Path, findings: Findings): void {
  for (const key of Object.keys(value)) if (!known.includes(key)) unknownField(key, known, path, findings);
}

function unknownField(key: string, known: readonly string[], path: Path, findings: Findings): void {
  // a map of many fields is better served by the nearest name than by a list of all
  const allowed =
    known.length <= 12 && nearestName(key, known) === undefined ? `; there are ${known.join(', ')}` : meant(key, known);
  findings.error('unknown-field', [...path, key], `no field \`${key}\` here${allowed}`);
}

/** @returns the paths that cannot be used */
function tell(issue: Issue, schema: z.ZodType, value: unknown, findings: Findings): Path[] {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) unknownField(key, keysAt(schema, path), path, findings);
    return issue.keys.map((key) => [...path, key]);
  }
  const found = at(value, path);
  const name = path.at(-1);
  if (found === undefined) {
    findings.error('missing', path, `\`${String(name)}\` is missing`);
    return [];
  }
  if (found === null) {
    findings.error('empty', path, `\`${String(name)}\` is there without a value: leave it out, or write ${expected(issue)}`);
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
    findings.error('wrong-type', path, `expected ${expected(issue)}; found ${describe(found)}${quoteHint(issue, found)}`);
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

function quoteHint(issue: Issue, found: unknown): string {
  const wantsText = issue.code === 'invalid_type' && issue.expected === 'string';
  return wantsText && (typeof found === 'number' || typeof found === 'boolean') ? `; put it in quotes: "${found}"` : '';
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
