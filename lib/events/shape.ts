/**
 * What data must look like, as JSON Schema, which is published as it stands. The validator reads it as it is: others, which
 * make code or objects of a schema first, take a tenth of a cold start to load and to set up.
 */
import { type Schema, Validator } from '@cfworker/json-schema';

export const draft = '2020-12';

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

const validators = new WeakMap<Shape<unknown>, Validator>();

/** A copy of what the shape knows of the data. @throws Mismatch at the first thing that is wrong */
export function fitted<T>(shape: Shape<T>, data: unknown): T {
  const validator = validators.get(shape) ?? new Validator(shape as Schema, draft);
  validators.set(shape, validator);
  const copy = known(shape, data);
  const { errors } = validator.validate(copy);
  // those before it say only that something within does not match
  const fault = errors.at(-1);
  if (fault) throw new Mismatch(`data${fault.instanceLocation.slice(1).replaceAll('/', '.')}: ${fault.error}`);
  return copy as T;
}

function known({ items, properties, additionalProperties }: Shape<unknown>, value: unknown): unknown {
  if (Array.isArray(value)) return items ? value.map((item) => known(items, item)) : value;
  if (typeof value !== 'object' || value === null || !(properties ?? additionalProperties)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) => {
      const shape = additionalProperties ?? (properties && Object.hasOwn(properties, name) ? properties[name] : undefined);
      return shape && field !== undefined ? [[name, known(shape, field)]] : [];
    }),
  );
}
