/** Fields that are there without a value: the API server takes them out, so they are no fault here either. */
import type * as z from 'zod';
import type { Findings, Path } from '../../finding.ts';
import { isRecord } from '../document/resource.ts';
import { childOf, isOptional } from './shape.ts';

/** `value` without fields that are empty and need not be there; each of these is told. Others are left for the schema. */
export function withoutEmpty(value: unknown, schema: z.ZodType | undefined, findings: Findings, path: Path = []): unknown {
  if (schema === undefined) return value;
  if (Array.isArray(value)) {
    return value.map((entry, index) => withoutEmpty(entry, childOf(schema, index), findings, [...path, index]));
  }
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).flatMap(([key, entry]): Array<[string, unknown]> => {
    const [child, at] = [childOf(schema, key), [...path, key]];
    if (entry !== null || !child || !isOptional(schema, key)) return [[key, withoutEmpty(entry, child, findings, at)]];
    findings.warning('empty', at, `\`${key}\` is there without a value: it counts as left out`);
    return [];
  });
  return Object.fromEntries(kept);
}
