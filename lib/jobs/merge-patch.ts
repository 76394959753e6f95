/** JSON merge patches (RFC 7386). */
import { isDeepStrictEqual } from 'node:util';

type Json = Record<string, unknown>;

/** What turns `from` into `to`: null for a member that goes, whole lists; undefined where they are the same. */
export function mergePatch(from: Json, to: Json): Json | undefined {
  const patch: Json = {};
  for (const name of Object.keys(from)) if (to[name] === undefined) patch[name] = null;
  for (const [name, value] of Object.entries(to)) {
    if (value === undefined) continue;
    const before = from[name];
    if (isMap(before) && isMap(value)) {
      const inner = mergePatch(before, value);
      if (inner !== undefined) patch[name] = inner;
    } else if (!isDeepStrictEqual(before, JSON.parse(JSON.stringify(value)))) {
      // not as text: the API server gives members back in an order of its own
      patch[name] = value;
    }
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function isMap(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
