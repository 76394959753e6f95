/** Which fields a schema knows at a path. */
import * as z from 'zod';
import type { Path } from '../../finding.ts';

/** Names of the fields at `path`; none where anything goes. */
export function keysAt(schema: z.ZodType, path: Path): string[] {
  let within: z.ZodType | undefined = schema;
  for (const part of path) within = child(unwrap(within), part);
  const shape = unwrap(within);
  return shape instanceof z.ZodObject ? Object.keys(shape.shape) : [];
}

function unwrap(schema: z.ZodType | undefined): z.ZodType | undefined {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap() as z.ZodType) : schema;
}

function child(schema: z.ZodType | undefined, part: string | number): z.ZodType | undefined {
  if (schema instanceof z.ZodObject) return schema.shape[part] as z.ZodType | undefined;
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType;
  if (schema instanceof z.ZodRecord) return schema.valueType as z.ZodType;
  return undefined;
}
