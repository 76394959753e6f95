/** Which Transforms take an object: found by bucket, server and prefix, whatever their number. */
import type { TransformRef } from '../../events/types.ts';
import type { ResolvedTransform } from '../types.ts';
import { compilePattern, type Pattern } from './pattern.ts';

export interface MatchObject {
  /** Address of the server, where it is known: only Transforms of that server match. */
  endpoint?: string | undefined;
  bucket: string;
  key: string;
  /** Bytes; absent means 0. */
  size?: number | undefined;
}

export interface TransformIndex {
  readonly size: number;
  /** Adds a Transform, or replaces the one of the same kind, namespace and name. */
  set(transform: ResolvedTransform): void;
  delete(ref: TransformRef): void;
  /** Those that take the object: not suspended, prefix and expressions match. None takes a folder marker. */
  match(object: MatchObject): ResolvedTransform[];
  values(): IterableIterator<ResolvedTransform>;
}

interface Entry {
  transform: ResolvedTransform;
  include: Pattern | undefined;
  exclude: Pattern | undefined;
}

/** Entries of one bucket of one server by their prefix; `lengths` counts the prefixes of each length, so few are looked up. */
interface Shelf {
  byPrefix: Map<string, Entry[]>;
  lengths: Map<number, number>;
}

export function createTransformIndex(transforms: Iterable<ResolvedTransform> = []): TransformIndex {
  const all = new Map<string, ResolvedTransform>();
  /** Bucket, then address. */
  const shelves = new Map<string, Map<string, Shelf>>();

  function put(transform: ResolvedTransform): void {
    const { bucket, endpoint, prefix, include, exclude } = transform.source;
    const servers = getOrMake(shelves, bucket, () => new Map<string, Shelf>());
    const shelf = getOrMake(servers, endpoint.address, () => ({ byPrefix: new Map(), lengths: new Map() }));
    const entries = getOrMake(shelf.byPrefix, prefix, () => {
      shelf.lengths.set(prefix.length, (shelf.lengths.get(prefix.length) ?? 0) + 1);
      return [];
    });
    entries.push({
      transform,
      include: include === undefined ? undefined : compilePattern(include),
      exclude: exclude === undefined ? undefined : compilePattern(exclude),
    });
  }

  function take(transform: ResolvedTransform): void {
    const { bucket, endpoint, prefix } = transform.source;
    const servers = shelves.get(bucket);
    const shelf = servers?.get(endpoint.address);
    const left = shelf?.byPrefix.get(prefix)?.filter((entry) => entry.transform !== transform);
    if (!servers || !shelf || !left) return;
    if (left.length > 0) {
      shelf.byPrefix.set(prefix, left);
      return;
    }
    shelf.byPrefix.delete(prefix);
    const others = (shelf.lengths.get(prefix.length) ?? 1) - 1;
    if (others > 0) shelf.lengths.set(prefix.length, others);
    else shelf.lengths.delete(prefix.length);
    if (shelf.byPrefix.size === 0) servers.delete(endpoint.address);
    if (servers.size === 0) shelves.delete(bucket);
  }

  const index: TransformIndex = {
    get size() {
      return all.size;
    },
    set(transform) {
      index.delete(transform.ref);
      all.set(idOf(transform.ref), transform);
      if (!transform.suspend) put(transform);
    },
    delete(ref) {
      const known = all.get(idOf(ref));
      if (!known) return;
      all.delete(idOf(ref));
      if (!known.suspend) take(known);
    },
    match({ endpoint, bucket, key, size = 0 }) {
      if (size === 0 && key.endsWith('/')) return [];
      const servers = shelves.get(bucket);
      if (!servers) return [];
      const found: ResolvedTransform[] = [];
      if (endpoint === undefined) for (const shelf of servers.values()) search(shelf, key, found);
      else for (const address of addressesOf(endpoint)) search(servers.get(address), key, found);
      return found;
    },
    values: () => all.values(),
  };
  for (const transform of transforms) index.set(transform);
  return index;
}

function search(shelf: Shelf | undefined, key: string, found: ResolvedTransform[]): void {
  if (!shelf) return;
  for (const length of shelf.lengths.keys()) {
    if (length > key.length) continue;
    const entries = shelf.byPrefix.get(key.slice(0, length));
    if (!entries) continue;
    for (const { transform, include, exclude } of entries) {
      if (include?.test(key) !== false && exclude?.test(key) !== true) found.push(transform);
    }
  }
}

/** Transforms know a server with its port; the setting of a source may leave it out. */
function addressesOf(endpoint: string): string[] {
  const address = endpoint.toLowerCase();
  return /:\d+$/.test(address) ? [address] : [`${address}:443`, `${address}:80`];
}

function idOf({ kind, namespace, name }: TransformRef): string {
  return `${kind}/${namespace}/${name}`;
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
