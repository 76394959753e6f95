/**
 * What data must look like, as JSON Schema (2020-12). It is published as it stands, and data are held against it by `fitted`,
 * which knows the few words of JSON Schema that are used here: a library takes a tenth of a cold start to load and to set up.
 */

/** Of the type T, which is known to the compiler alone. */
export interface Shape<T> {
  type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';
  anyOf?: Array<Shape<unknown>>;
  enum?: readonly string[];
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minItems?: number;
  maxItems?: number;
  items?: Shape<unknown>;
  properties?: Shapes;
  required?: string[];
  /** Of each property, where their names are not known. */
  additionalProperties?: Shape<unknown>;
  readonly fits?: T;
}

type Shapes = Record<string, Shape<unknown>>;
type Fitting<S> = S extends { fits?: infer T } ? Exclude<T, undefined> : never;
type Fields<S extends Shapes> = { [Name in keyof S]: Fitting<S[Name]> };
type Bounds<Name extends keyof Shape<unknown>> = Partial<Pick<Shape<unknown>, Name>>;

export const text = (bounds: Bounds<'minLength' | 'maxLength' | 'pattern' | 'format'> = {}): Shape<string> => ({
  type: 'string',
  ...bounds,
});
export const oneOf = <T extends string>(...values: T[]): Shape<T> => ({ type: 'string', enum: values });
export const number = (bounds: Bounds<'minimum' | 'maximum' | 'exclusiveMinimum'> = {}): Shape<number> => ({
  type: 'number',
  ...bounds,
});
export const integer = ({ minimum }: { minimum: number }): Shape<number> => ({
  type: 'integer',
  minimum,
  maximum: Number.MAX_SAFE_INTEGER,
});
export const truth: Shape<boolean> = { type: 'boolean' };
export const list = <T>(items: Shape<T>, bounds: Bounds<'minItems' | 'maxItems'> = {}): Shape<T[]> => ({
  type: 'array',
  items,
  ...bounds,
});
export const table = <T>(values: Shape<T>): Shape<Record<string, T>> => ({ type: 'object', additionalProperties: values });
export const either = <S extends Array<Shape<unknown>>>(...shapes: S): Shape<Fitting<S[number]>> => ({ anyOf: shapes });

/** Other properties may be there too: a later version may add some. */
export function object<Required extends Shapes, Optional extends Shapes = Record<never, never>>(
  required: Required,
  optional?: Optional,
): Shape<Fields<Required> & Partial<Fields<Optional>>> {
  return { type: 'object', properties: { ...required, ...optional }, required: Object.keys(required) };
}

/** Says where the data are not as they should be, and how. */
export class Mismatch extends Error {
  override name = 'Mismatch';
}

/** A copy of what the shape knows of the data. @throws Mismatch at the first thing that is wrong */
export const fitted = <T>(shape: Shape<T>, data: unknown, place = 'data'): T => check(shape, data, place) as T;

function check(shape: Shape<unknown>, value: unknown, place: string): unknown {
  const wrong = faultOf(shape, value);
  if (wrong !== undefined) throw new Mismatch(`${place}: ${wrong}`);
  if (shape.anyOf) {
    if (shape.anyOf.every((one) => faultOf(one, value) !== undefined)) {
      throw new Mismatch(`${place}: expected ${shape.anyOf.map(({ type }) => type).join(' or ')}, found ${kindOf(value)}`);
    }
    return value;
  }
  const { items, properties, required = [], additionalProperties } = shape;
  if (items) return (value as unknown[]).map((item, index) => check(items, item, `${place}.${index}`));
  if (shape.type !== 'object') return value;
  const fields = value as Record<string, unknown>;
  if (additionalProperties) {
    return Object.fromEntries(
      Object.entries(fields).map(([name, field]) => [name, check(additionalProperties, field, `${place}.${name}`)]),
    );
  }
  const known = Object.entries(properties ?? {}).filter(([name]) => fields[name] !== undefined || required.includes(name));
  return Object.fromEntries(known.map(([name, one]) => [name, check(one, fields[name], `${place}.${name}`)]));
}

/** What is wrong with the value itself, whatever is in it. */
function faultOf(shape: Shape<unknown>, value: unknown): string | undefined {
  if (shape.type === undefined) return undefined;
  const kind = kindOf(value);
  const expected = shape.type === 'integer' ? 'number' : shape.type;
  if (kind !== expected) return `expected ${shape.type}, found ${kind}`;
  if (typeof value === 'string') return faultOfText(shape, value);
  if (typeof value === 'number') return faultOfNumber(shape, value);
  if (Array.isArray(value)) {
    const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = shape;
    if (value.length < minItems) return `expected at least ${minItems}, found ${value.length}`;
    if (value.length > maxItems) return `expected at most ${maxItems}, found ${value.length}`;
  }
  return undefined;
}

function faultOfText(
  { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern, enum: values }: Shape<unknown>,
  value: string,
) {
  if (value.length < minLength) return `expected at least ${minLength} characters, found ${value.length}`;
  if (value.length > maxLength) return `expected at most ${maxLength} characters, found ${value.length}`;
  if (pattern !== undefined && !new RegExp(pattern).test(value)) return `expected what ${pattern} matches`;
  if (values && !values.includes(value)) return `expected ${values.join(' or ')}`;
  return undefined;
}

function faultOfNumber(shape: Shape<unknown>, value: number): string | undefined {
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.MAX_VALUE, exclusiveMinimum = Number.NEGATIVE_INFINITY } = shape;
  if (shape.type === 'integer' && !Number.isInteger(value)) return `expected integer, found ${value}`;
  if (value < minimum) return `expected at least ${minimum}, found ${value}`;
  if (!(value <= maximum)) return `expected at most ${maximum}, found ${value}`;
  if (value <= exclusiveMinimum) return `expected more than ${exclusiveMinimum}, found ${value}`;
  return undefined;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return value === undefined ? 'nothing' : typeof value;
}
