/** By what caps of one media type differ, in words: what is on each side, and the nearest that would do. */

import { meant } from '../../nearest.ts';
import { type Caps, type CapsValue, clashes } from '../caps/index.ts';

/** Values that are told before the rest is only counted. */
const maxTold = 12;

/** ` (they differ in format: A, B against C)`; nothing where no media type is shared. */
export function differing(given: readonly Caps[], taken: readonly Caps[]): string {
  const fields = new Set(given.flatMap((caps) => taken.flatMap((other) => clashes(caps, other))));
  if (fields.size === 0) return '';
  return ` (they differ in ${[...fields].map((field) => sides(field, given, taken)).join(', ')})`;
}

function sides(field: string, given: readonly Caps[], taken: readonly Caps[]): string {
  const [a, b] = [valuesOf(given, field), valuesOf(taken, field)];
  if (a.length === 0 || b.length === 0) return field; // memory is no field
  const [left, right] = [distinct(a.flatMap(words)), distinct(b.flatMap(words))];
  const [few, many] = left.length < right.length ? [left, right] : [right, left];
  const guess = few.length === 1 ? meant(few[0] ?? '', many) : '';
  return `${field}: ${listed(left)} against ${listed(right)}${otherType(a, b) ?? guess}`;
}

/** A frame rate of `30`, a width of `320.0`: the number is right, and its type is not. */
function otherType(a: CapsValue[], b: CapsValue[]): string | undefined {
  const kinds = [new Set(a.flatMap(kindsIn)), new Set(b.flatMap(kindsIn))];
  const only = (kind: CapsValue['kind']) => kinds.some((all) => all.size === 1 && all.has(kind));
  const number = only('int') || only('double');
  if (only('fraction') && number) return '; a fraction is written as 30/1';
  return only('int') && only('double') ? '; a whole number is written without a point' : undefined;
}

function kindsIn(value: CapsValue): Array<CapsValue['kind']> {
  if (value.kind === 'list' || value.kind === 'array') return value.values.flatMap(kindsIn);
  return value.kind === 'range' ? kindsIn(value.low) : [value.kind];
}

const distinct = (all: string[]): string[] => [...new Set(all)];

function listed(values: string[]): string {
  const rest = values.length > maxTold ? `, and ${values.length - maxTold} more` : '';
  return values.slice(0, maxTold).join(', ') + rest;
}

const valuesOf = (all: readonly Caps[], field: string): CapsValue[] =>
  all.flatMap((caps) => (caps === 'ANY' ? [] : caps.flatMap(({ fields }) => fields.get(field) ?? [])));

function words(value: CapsValue): string[] {
  switch (value.kind) {
    case 'list':
      return value.values.flatMap(words);
    case 'array':
      return [`<${value.values.flatMap(words).join(', ')}>`];
    case 'range':
      return [`${words(value.low)} to ${words(value.high)}`];
    case 'fraction':
      return [`${value.numerator}/${value.denominator}`];
    case 'opaque':
      return [value.text];
    case 'double':
      return [Number.isInteger(value.value) ? value.value.toFixed(1) : String(value.value)];
    default:
      return [String(value.value)];
  }
}
