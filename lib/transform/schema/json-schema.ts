/** The zod schemas as JSON Schema: what CRDs, the editor schema and the reference are made from. */
import * as z from 'zod';

/** The part of JSON Schema that our schemas use, and their marks. */
export interface Node {
  type?: string;
  description?: string;
  properties?: Record<string, Node>;
  required?: string[];
  additionalProperties?: boolean | Node;
  items?: Node;
  anyOf?: Node[];
  enum?: unknown[];
  const?: unknown;
  /** What the API server puts where nothing is given. */
  default?: unknown;
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  /** Text, number or boolean. */
  scalar?: true;
  /** A Kubernetes quantity. */
  quantity?: true;
  /** A whole number or text. */
  intOrString?: true;
  /** An entry for each value of this field. */
  listMapKey?: string;
  /** Rules in CEL that the API server holds. */
  rules?: Array<{ rule: string; message: string }>;
}

export function nodeOf(schema: z.ZodType): Node {
  const { $schema: _, ...node } = z.toJSONSchema(schema, { target: 'draft-7', io: 'input', reused: 'inline' });
  return node as Node;
}

/** Keywords that say how large or which; `any whole number` of zod is no bound. */
export function bounds(node: Node): Partial<Node> {
  const kept: Array<keyof Node> = ['enum', 'format', 'minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems'];
  const entries = kept
    .filter((key) => node[key] !== undefined && Math.abs(Number(node[key])) !== Number.MAX_SAFE_INTEGER)
    .map((key) => [key, node[key]]);
  // the format says it already
  if (node.pattern !== undefined && node.format === undefined) entries.push(['pattern', node.pattern]);
  return Object.fromEntries(entries);
}
