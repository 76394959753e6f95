/** What was probably meant by a field in the wrong place, and by a value of the wrong form. */
import * as z from 'zod';
import { formatPath, type Path } from '../../finding.ts';
import { isRecord } from '../document/resource.ts';
import { keysAt, schemaAt, unwrap } from './shape.ts';
import { transformSchemas } from './transform.ts';

export interface RightPlace {
  hint: string;
  /** Of the map that the field belongs into, or of the field itself: what seems to be missing. */
  path?: Path;
}

/** Where a field belongs that the schema does not know where it stands: a step further in, further out, or in the other kind. */
export function placeFor(key: string, path: Path, schema: z.ZodType): RightPlace | undefined {
  const within = keysAt(schema, path).find((name) => knows(schema, [...path, name], key));
  if (within !== undefined) return { hint: `; it belongs under \`${within}\``, path: [...path, within] };
  if (isElement(schema, path)) return { hint: '; a property of the element goes under `properties`' };
  for (let length = path.length - 1; length >= 0; length--) {
    const outer = path.slice(0, length);
    if (!knows(schema, outer, key)) continue;
    const where = length === 0 ? `beside \`${String(path[0])}\`` : `under \`${formatPath(outer)}\``;
    return { hint: `; it belongs ${where}`, path: [...outer, key] };
  }
  const kind = Object.entries(transformSchemas).find(([, other]) => knows(other, path, key));
  return kind && { hint: `; it is a field of ${kind[0]}` };
}

const knows = (schema: z.ZodType, path: Path, key: string): boolean => keysAt(schema, path).includes(key);
const isElement = (schema: z.ZodType, path: Path): boolean =>
  typeof path.at(-1) === 'number' && knows(schema, path, 'properties');

/** How the value is written in the form that is wanted, if what stands there tells. */
export function shapeHint(path: Path, found: unknown, schema: z.ZodType): string {
  const wanted = unwrap(schemaAt(schema, path));
  const name = path.at(-1);
  if (isRecord(found) && Object.keys(found)[0]?.startsWith('{')) return '; YAML reads `{{` as a map: put the template in quotes';
  if (wanted instanceof z.ZodArray) {
    if (typeof found === 'string' && name === 'elements') return '; gst-launch text goes under `launch`, in place of `elements`';
    return '; each entry of a list begins with `- `';
  }
  if (typeof found !== 'string' || !(wanted instanceof z.ZodObject) || !Object.hasOwn(wanted.shape, 'name')) {
    return wanted instanceof z.ZodRecord ? '; write each as `name: value`, in a line of its own' : '';
  }
  if (found.includes('!')) return '; gst-launch text goes under `launch`, in place of `elements`';
  const [first = '', more] = found.trim().split(/\s+/);
  if (typeof name === 'number' && more !== undefined)
    return `; write \`- name: ${first}\`, and its properties under \`properties\``;
  return typeof name === 'number' ? `; write \`- name: ${found}\`` : `; write \`${name}: {name: ${found}}\``;
}
