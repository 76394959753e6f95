/** Reads a catalogue when something is looked up in it for the first time. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeCatalogue, type PackedCatalogue, unpackElement } from './format.ts';
import type { Catalogue, ElementInfo } from './types.ts';

/** Beside this file, and beside the bundle that it went into. */
export const catalogueFile = 'elements.json.br';

export const defaultCataloguePath = (): string => join(fileURLToPath(new URL('.', import.meta.url)), catalogueFile);

/**
 * The catalogue in the file at `path`, or the one that came with the program. Nothing is read before it is asked for.
 * @throws Error at the first look-up, where the file is not there or is no catalogue
 */
export function loadCatalogue(path: string = defaultCataloguePath()): Catalogue {
  const known = new Map<string, ElementInfo | undefined>();
  let read: PackedCatalogue | undefined;
  let sorted: readonly string[] | undefined;
  const packed = (): PackedCatalogue => {
    if (read !== undefined) return read;
    try {
      read = decodeCatalogue(readFileSync(path));
    } catch (error) {
      throw new Error(`the catalogue of elements ${path} cannot be read: ${(error as Error).message}`, { cause: error });
    }
    return read;
  };
  return {
    get version() {
      return packed().version;
    },
    element(name) {
      if (!known.has(name)) known.set(name, unpackElement(packed(), name));
      return known.get(name);
    },
    names() {
      sorted ??= Object.keys(packed().elements).toSorted();
      return sorted;
    },
  };
}
