/** By what caps of one media type differ, in words: what is on each side, and the nearest that would do. */

import { meant } from '../../nearest.ts';
import { type Caps, type CapsValue, clashes } from '../caps/index.ts';

/** Values that are told before the rest is only counted. */
const maxTold = 12;

/** ` (they differ in format: A, B against C)`; nothing where no media type is shared. */
export function differing(given: readonly Caps[], taken: readonly Caps[]): string {
  const fields = new Set(given.flatMap((caps) => taken.flatMap((other) => clashes(caps, other))));
  if (fields.size === 0) return '';
  return ` (they differ in ${[...fields].map((field) => sides(field, valuesOf(given, field), valuesOf(taken, field))).join(', ')})`;
}

function sides(field: string, given: string[], taken: string[]): string {
  if (given.length === 0 || taken.length === 0) return field; // memory is no field
  const [few, many] = given.length < taken.length ? [given, taken] : [taken, given];
  const guess = few.length === 1 ? meant(few[0] ?? '', many) : '';
  return `${field}: ${listed(given)} against ${listed(taken)}${guess}`;
}

function listed(values: string[]): string {
  const rest = values.length > maxTold ? `, and ${values.length - maxTold} more` : '';
  return values.slice(0, maxTold).join(', ') + rest;
}

const valuesOf = (all: readonly Caps[], field: string): string[] => [
  ...new Set(
    all.flatMap((caps) =>
      caps === 'ANY' ? [] : caps.flatMap(({ fields }) => (fields.has(field) ? words(fields.get(field) as CapsValue) : [])),
    ),
  ),
];

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
    default:
      return [String(value.value)];
  }
}
