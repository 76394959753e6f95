/** Whether two caps can meet: false only where it is certain that they cannot. */
import type { Caps, CapsStructure, CapsValue } from './types.ts';

export function canMeet(a: Caps, b: Caps): boolean {
  if (a === 'ANY' || b === 'ANY') return true;
  return a.some((one) => b.some((other) => structuresMeet(one, other)));
}

function structuresMeet(a: CapsStructure, b: CapsStructure): boolean {
  if (a.name !== b.name || !featuresMeet(a.features, b.features)) return false;
  return [...a.fields].every(([name, value]) => {
    const other = b.fields.get(name);
    return other === undefined || valuesMeet(value, other);
  });
}

/** The fields by which structures of one media type differ for certain; none where no media type is shared. */
export function clashes(a: Caps, b: Caps): string[] {
  if (a === 'ANY' || b === 'ANY') return [];
  return a.flatMap((one) => b.filter(({ name }) => name === one.name).flatMap((other) => clashingFields(one, other)));
}

function clashingFields(a: CapsStructure, b: CapsStructure): string[] {
  const fields = [...a.fields].filter(([name, value]) => {
    const other = b.fields.get(name);
    return other !== undefined && !valuesMeet(value, other);
  });
  return [...(featuresMeet(a.features, b.features) ? [] : ['memory']), ...fields.map(([name]) => name)];
}

function featuresMeet(a: readonly string[], b: readonly string[]): boolean {
  if (a[0] === 'ANY' || b[0] === 'ANY') return true;
  return a.length === b.length && a.every((feature, index) => feature === b[index]);
}

function valuesMeet(a: CapsValue, b: CapsValue): boolean {
  if (a.kind === 'list') return a.values.some((value) => valuesMeet(value, b));
  if (b.kind === 'list') return b.values.some((value) => valuesMeet(a, value));
  if (a.kind === 'range' && b.kind === 'range') return !below(a.high, b.low) && !below(b.high, a.low);
  if (a.kind === 'range') return !below(b, a.low) && !below(a.high, b);
  if (b.kind === 'range') return !below(a, b.low) && !below(b.high, a);
  if (a.kind === 'string' && b.kind === 'string') return a.value === b.value;
  if (a.kind === 'boolean' && b.kind === 'boolean') return a.value === b.value;
  return !below(a, b) && !below(b, a);
}

/** True where both are numbers, and the first is certainly less, or of a type that never meets the other's. */
function below(a: CapsValue, b: CapsValue): boolean {
  if (a.kind === 'int' && b.kind === 'int') return a.value < b.value;
  if (a.kind === 'double' && b.kind === 'double') return a.value < b.value;
  if (a.kind === 'fraction' && b.kind === 'fraction') {
    return a.numerator * b.denominator < b.numerator * a.denominator;
  }
  // a frame rate of `30` is no fraction, and GStreamer does not make it one
  return a.kind !== b.kind && scalars.has(a.kind) && scalars.has(b.kind);
}

/** Of two of them, none is ever equal to the other. */
const scalars: ReadonlySet<CapsValue['kind']> = new Set(['int', 'double', 'fraction', 'boolean', 'string']);
