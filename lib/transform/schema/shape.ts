/** Which fields a schema knows at a path. */
import * as z from 'zod';
import type { Path } from '../../finding.ts';

/** Names of the fields at `path`; none where anything goes. */
export function keysAt(schema: z.ZodType, path: Path): string[] {
  const shape = unwrap(schemaAt(schema, path));
  return shape instanceof z.ZodObject ? Object.keys(shape.shape) : [];
}

/** What the value at `path` is held to; undefined where the schema knows no such place. */
export function schemaAt(schema: z.ZodType, path: Path): z.ZodType | undefined {
  return path.reduce<z.ZodType | undefined>((within, part) => within && childOf(within, part), schema);
}

export function childOf(schema: z.ZodType, part: string | number): z.ZodType | undefined {
  const within = unwrap(schema);
  if (within instanceof z.ZodObject) {
    const { shape } = within;
    return Object.hasOwn(shape, part) ? (shape[part] as z.ZodType) : undefined;
  }
  if (within instanceof z.ZodArray) return within.element as z.ZodType;
  if (within instanceof z.ZodRecord) return within.valueType as z.ZodType;
  return undefined;
}

/** Whether the map that `schema` describes may be without the field. */
export function isOptional(schema: z.ZodType, field: string): boolean {
  const within = unwrap(schema);
  if (within instanceof z.ZodRecord) return true;
  return within instanceof z.ZodObject && within.shape[field] instanceof z.ZodOptional;
}

export function unwrap(schema: z.ZodType | undefined): z.ZodType | undefined {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap() as z.ZodType) : schema;
}
