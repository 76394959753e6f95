/** JSON Schema to the structural form that an API server takes. */
import { quantityPattern } from '../quantity.ts';
import { bounds, type Node } from './json-schema.ts';

export type Structural = Record<string, unknown>;

export function structural(node: Node): Structural {
  const common = {
    ...(node.description !== undefined && { description: node.description }),
    ...(node.default !== undefined && { default: node.default }),
    ...(node.rules && { 'x-kubernetes-validations': node.rules }),
  };
  // a structural schema cannot say "one of three types": it takes any value, and the bounds keep maps and lists out
  if (node.scalar) return { ...common, 'x-kubernetes-preserve-unknown-fields': true, maxProperties: 0, maxItems: 0 };
  if (node.quantity) return { ...common, ...intOrString, pattern: quantityPattern };
  if (node.intOrString) return { ...common, ...intOrString };
  if (node.type === 'object') return { ...common, type: 'object', ...fields(node) };
  if (node.type === 'array') {
    return { ...common, type: 'array', ...listType(node), ...bounds(node), items: structural(node.items ?? {}) };
  }
  return { ...common, type: node.type ?? 'string', ...bounds(node) };
}

const intOrString = { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true };

function listType({ listMapKey }: Node): Structural {
  return listMapKey === undefined ? {} : { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [listMapKey] };
}

/** A map of known fields, or of any: structural schemas know no `additionalProperties: false`, and prune what is unknown. */
function fields({ properties, required, additionalProperties }: Node): Structural {
  if (properties) {
    return {
      ...(required && required.length > 0 && { required }),
      properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, structural(field)])),
    };
  }
  return { additionalProperties: structural(typeof additionalProperties === 'object' ? additionalProperties : {}) };
}
