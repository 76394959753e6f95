/** Values by which a pipeline would reach out of itself. */
import type { Catalogue, ElementInfo } from '../../catalogue/index.ts';
import type { PropertyValue } from '../../model.ts';
import { isChecked, isChildProperty, propertyOf } from '../properties.ts';
import { mayWriteFiles } from './elements.ts';
import { namesOf } from './names.ts';
import { type Reach, reachOf } from './reach.ts';
import { nestedRefusal, optionsRefusal, pathRefusal, patternRefusal, structureRefusal } from './values.ts';

/** A number, a nick, a fraction: nothing that could be a line of elements or an address. */
const plain = /^[\w.,+%/-]*$/;

/** Why a property may not have that value; undefined, where it may. `info` undefined: of an element that nobody knows. */
export function propertyRefusal(
  name: string,
  value: PropertyValue,
  info: ElementInfo | undefined,
  { catalogue, directory }: { catalogue: Catalogue; directory: boolean },
): string | undefined {
  const own = (name.split('::').at(-1) as string).replaceAll('_', '-');
  const property = info && propertyOf(info, name);
  if (info && isChecked(info, name) && property === undefined) return undefined; // told as unknown
  const text = String(value);
  if (info?.name === 'dataurisrc' && own === 'uri') return /^data:/i.test(text) ? undefined : 'must be a data: URI';
  const byNameOnly = property === undefined ? namesOf(catalogue).get(own) : undefined;
  const reach = byNameOnly ? 'elements' : reachOf(own, property);
  const refusal = reach && refusals[reach](text, catalogue, directory);
  if (refusal !== undefined) return refusal;
  if (name === 'location' && info && info.name !== 'filesink' && mayWriteFiles(info.name, catalogue)) return patternRefusal(text);
  if (reach || property) return undefined;
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
