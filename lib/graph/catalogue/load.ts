/** Reads a catalogue when something is looked up in it for the first time. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeCatalogue, type PackedCatalogue } from './format.ts';
import type { Catalogue, ElementInfo } from './types.ts';

/** Beside this file. */
export const compressedFile = 'elements.json.br';
/** Beside the bundle that this file went into: it is read at every start there. */
export const plainFile = 'elements.json';

/** The file that GST_CATALOGUE names, else the one that came with the program. */
export function defaultCataloguePath(): string {
  if (process.env.GST_CATALOGUE) return process.env.GST_CATALOGUE;
  const here = fileURLToPath(new URL('.', import.meta.url));
  const bundled = join(here, plainFile);
  return existsSync(bundled) ? bundled : join(here, compressedFile);
}

/** Each file is read once in the life of a process. */
const loaded = new Map<string, Catalogue>();

/**
 * The catalogue in the file at `path`. Nothing is read before it is asked for.
 * @throws Error at the first look-up, where the file is not there or is no catalogue
 */
export function loadCatalogue(path: string = defaultCataloguePath()): Catalogue {
  const catalogue = loaded.get(path) ?? lazyCatalogue(path);
  loaded.set(path, catalogue);
  return catalogue;
}

function lazyCatalogue(path: string): Catalogue {
  const known = new Map<string, ElementInfo | undefined>();
  let read: PackedCatalogue | undefined;
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
      if (!known.has(name)) known.set(name, packed().element(name));
      return known.get(name);
    },
    names: () => packed().names,
  };
}
