/** Values by which a pipeline would reach out of itself. */
import type { Catalogue, ElementInfo } from '../../catalogue/index.ts';
import type { PropertyValue } from '../../model.ts';
import { isChildProperty, propertyOf } from '../properties.ts';
import { type Reach, reachOf } from './reach.ts';
import { nestedRefusal, optionsRefusal, pathRefusal, structureRefusal } from './values.ts';

/** Of each name, whether the text of some element's property is read as a pipeline: a property of a child has a name only. */
const byName = new WeakMap<Catalogue, ReadonlyMap<string, boolean>>();
/** A number, a nick, a fraction: nothing that could be a line of elements or an address. */
const plain = /^[\w.,+%/-]*$/;

function namesOf(catalogue: Catalogue): ReadonlyMap<string, boolean> {
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

/** Why a property may not have that value; undefined, where it may. `info` undefined: of an element that nobody knows. */
export function propertyRefusal(
  name: string,
  value: PropertyValue,
  info: ElementInfo | undefined,
  { catalogue, directory }: { catalogue: Catalogue; directory: boolean },
): string | undefined {
  const own = (name.split('::').at(-1) as string).replaceAll('_', '-');
  const property = info && !isChildProperty(name) ? propertyOf(info, name) : undefined;
  if (info && !isChildProperty(name) && property === undefined) return undefined; // told as unknown
  const text = String(value);
  if (info?.name === 'dataurisrc' && own === 'uri') return /^data:/i.test(text) ? undefined : 'must be a data: URI';
  const byNameOnly = property === undefined ? namesOf(catalogue).get(own) : undefined;
  const reach = byNameOnly ? 'elements' : reachOf(own, property);
  if (reach) return refusals[reach](text, catalogue, directory);
  // not every child is an element: what nobody knows could be of any type
  if (!isChildProperty(name) || byNameOnly !== undefined) return undefined;
  if (!plain.test(text)) return 'is of a child that the catalogue does not know: only a number, a name or a fraction is allowed';
  return catalogue.element(text) && nestedRefusal(text, catalogue, directory);
}

const refusals: Record<Reach, (text: string, catalogue: Catalogue, directory: boolean) => string | undefined> = {
  file: (text, _catalogue, directory) => pathRefusal(text, directory),
  address: () => 'names an address or a device, and no pipeline may open one of its own',
  library: () => 'loads a library, which no pipeline may',
  elements: nestedRefusal,
  factory: nestedRefusal,
  nested: structureRefusal,
  options: optionsRefusal,
};
