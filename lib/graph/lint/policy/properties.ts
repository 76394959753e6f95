/** Values by which a pipeline would reach out of itself. */
import type { Catalogue, ElementInfo } from '../../catalogue/index.ts';
import type { PropertyValue } from '../../model.ts';
import { isChildProperty, propertyOf } from '../properties.ts';
import { type Reach, reachOf } from './reach.ts';
import { nestedRefusal, optionsRefusal, pathRefusal, structureRefusal } from './values.ts';

/** Names of all properties whose text is read as a pipeline: a property of a child is known by its name alone. */
const elementTyped = new WeakMap<Catalogue, ReadonlySet<string>>();

function takesElements(name: string, catalogue: Catalogue): boolean {
  let names = elementTyped.get(catalogue);
  if (names === undefined) {
    const all = catalogue.names().flatMap((element) => Object.entries(catalogue.element(element)?.properties ?? {}));
    names = new Set(all.filter(([, { type }]) => type === 'element').map(([property]) => property));
    elementTyped.set(catalogue, names);
  }
  return names.has(name);
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
  const reach = property === undefined && takesElements(own, catalogue) ? 'elements' : reachOf(own, property);
  return reach && refusals[reach](text, catalogue, directory);
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
