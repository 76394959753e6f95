/** What is known of a property by its name alone: of a child, or of an element that is made later. */
import type { Catalogue } from '../../catalogue/index.ts';

/** Of each name, whether the text of some element's property is read as a pipeline. */
const byName = new WeakMap<Catalogue, ReadonlyMap<string, boolean>>();

/** Names of all properties of all elements; true for those that take elements. */
export function namesOf(catalogue: Catalogue): ReadonlyMap<string, boolean> {
  let names = byName.get(catalogue);
  if (names === undefined) {
    const found = new Map<string, boolean>();
    for (const element of catalogue.names()) {
      for (const [name, { type }] of Object.entries(catalogue.element(element)?.properties ?? {})) {
        found.set(name, type === 'element' || found.get(name) === true);
      }
    }
    names = found;
    byName.set(catalogue, names);
  }
  return names;
}
