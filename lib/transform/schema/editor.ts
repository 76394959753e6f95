/** JSON Schema for editors: completion, hover texts and squiggles while a Transform is written. */
import { apiVersion } from '../document/resource.ts';
import { type Node, nodeOf } from './json-schema.ts';
import { longestName } from './metadata.ts';
import { transformSchemas } from './transform.ts';

/** One schema for files that may hold both kinds, and Secrets beside them. */
export function editorSchema(): Record<string, unknown> {
  const kinds = Object.entries(transformSchemas).map(([kind, schema]) => ({ kind, node: nodeOf(schema) }));
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'urn:gst-functions:schema:transform:v1',
    title: 'Transform or SplitTransform',
    type: 'object',
    required: ['apiVersion', 'kind'],
    properties: {
      apiVersion: { type: 'string', description: `Of Transforms: ${apiVersion}.` },
      kind: { type: 'string', description: 'Transform or SplitTransform.' },
    },
    allOf: kinds.map(({ kind, node }) => ({
      if: { properties: { kind: { const: kind } } },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: resourceOf(kind, plain(node)),
    })),
  };
}

function resourceOf(kind: string, { description, properties = {}, required = [] }: Node): unknown {
  return {
    description,
    required: ['metadata', ...required],
    additionalProperties: false,
    properties: {
      apiVersion: { const: apiVersion },
      kind: { const: kind },
      metadata: {
        type: 'object',
        description: 'Name, namespace, labels and annotations.',
        required: ['name'],
        properties: {
          name: {
            type: 'string',
            maxLength: longestName,
            description: `Name of the resource, ${longestName} characters at most.`,
          },
        },
      },
      ...properties,
    },
  };
}

/** Without the marks that are for the other readers. */
function plain(node: Node): Node {
  const { scalar: _s, quantity: _q, intOrString: _i, listMapKey: _l, rules: _r, ...rest } = node;
  const copy: Node = { ...rest };
  if (copy.properties)
    copy.properties = Object.fromEntries(Object.entries(copy.properties).map(([name, field]) => [name, plain(field)]));
  if (typeof copy.additionalProperties === 'object') copy.additionalProperties = plain(copy.additionalProperties);
  if (copy.items) copy.items = plain(copy.items);
  if (copy.anyOf) copy.anyOf = copy.anyOf.map(plain);
  return copy;
}
