/** Names that a launch line can hold, and ids that are unique in one pipeline. */

/** What the parser of launch lines takes for the name of an element, of a factory or of an object. */
const objectName = /^[A-Za-z0-9_][A-Za-z0-9_-]*$/;
/** Pads and properties: `src_%u` and `child::property` too. */
const memberName = /^[A-Za-z0-9_][A-Za-z0-9_%:-]*$/;
/** Names that begin so belong to the elements that the engine adds. */
const enginePrefix = 'gst-functions-';

export const isObjectName = (name: string): boolean => objectName.test(name);
export const isMemberName = (name: string): boolean => memberName.test(name);
export const isEngineName = (name: string): boolean => name.startsWith(enginePrefix);

/** Names of the elements that the engine adds; no node of a graph is called so. */
export const sourceName = `${enginePrefix}source`;
export const sinkName = (output: string): string => `${enginePrefix}sink-${output}`;

/** Gives each element an id: its alias where that is a name for GStreamer and free, else its factory and a number. */
export function createIds(aliases: Iterable<string>): (factory: string, alias?: string) => string {
  const taken = new Set<string>();
  const wanted = new Set(aliases);
  return (factory, alias) => {
    let id = alias;
    if (id === undefined || !isObjectName(id) || isEngineName(id) || taken.has(id)) {
      const stem = factory.replace(/[^A-Za-z0-9_-]/g, '_') || 'element';
      let number = 0;
      while (taken.has(`${stem}${number}`) || wanted.has(`${stem}${number}`)) number++;
      id = `${stem}${number}`;
    }
    taken.add(id);
    return id;
  };
}
