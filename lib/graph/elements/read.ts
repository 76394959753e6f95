/** `pipeline.elements` to the graph that they mean. */
import type { Findings } from '../../finding.ts';
import type { Element, Graph, Node, PadRef } from '../model.ts';
import { createIds, isEngineName, isMemberName, isObjectName } from '../names.ts';
import { outletAlias, type ReadOptions } from '../outlet.ts';
import { hasNoSinkPad, hasNoSourcePad } from '../pads.ts';
import { checkStructure, type Tell } from '../structure.ts';
import { createAliases } from './aliases.ts';

const root = ['spec', 'pipeline', 'elements'];

/**
 * Where the walk through the list stands: at an element, at none (before the first, and after an output), or lost
 * through a fault that is told already.
 */
type Current = PadRef | 'none' | 'lost';

/**
 * Elements are linked in the order of the list; `goto` goes on from another one, `linkto` links to another one and goes
 * on from it. The object is fed to the first. With a single sink the element evaluated last feeds it, unless a `linkto`
 * does. The graph is whole only where no finding is an error.
 */
export function graphFromElements(elements: readonly Element[], options: ReadOptions, findings: Findings): Graph {
  const { outlets, catalogue } = options;
  const aliases = createAliases(elements, outlets, findings);
  const newId = createIds(elements.flatMap(({ alias }) => alias ?? []));
  const graph: Graph = { nodes: [], links: [], source: undefined, outputs: [] };
  const nodes = elements.map((element, at): Node | undefined => {
    if (element.name === undefined) return undefined;
    checkNames(element, at, findings);
    const { name: factory, alias, properties = {} } = element;
    const own = alias !== undefined && aliases.owner(alias) === at;
    return { id: newId(factory, own ? alias : undefined), factory, ...(own && { alias }), properties, at };
  });
  graph.nodes = nodes.filter((node) => node !== undefined);
  const resolve = (text: string, at: number, field: 'goto' | 'linkto'): PadRef | undefined => {
    const found = aliases.resolve(text, at, field);
    whole &&= found !== undefined;
    const node = found && nodes[found.owner];
    return node && { node: node.id, ...(found.pad !== undefined && { pad: found.pad }) };
  };

  let current: Current = 'none';
  const lost = new Set<string>();
  let whole = true;
  const namedFolders = new Set<string>();
  for (const [at, { name, goto, linkto }] of elements.entries()) {
    const node = nodes[at];
    if (node) {
      if (graph.source === undefined) {
        if (at > 0)
          findings.error(
            'first-element',
            [...root, 0],
            'the first entry is the element that the object is fed to: begin with a `name`',
          );
        graph.source = { node: node.id };
      } else if (current === 'lost') lost.add(node.id);
      else if (current !== 'none' && current.node !== node.id && !hasNoSinkPad(node.factory, catalogue)) {
        graph.links.push({ from: current, to: { node: node.id }, at });
      }
      current = { node: node.id };
    } else if (goto !== undefined) {
      current = resolve(goto, at, 'goto') ?? 'lost';
    } else if (linkto !== undefined) {
      const outlet = outlets.find((candidate) => outletAlias(candidate.name) === linkto);
      if (current === 'none') {
        whole = false;
        if (graph.source !== undefined)
          findings.error(
            'nothing-before',
            [...root, at, 'linkto'],
            `nothing stands before this \`linkto: ${linkto}\` that could be linked: put a \`goto\` before it`,
          );
        else
          findings.error(
            'first-element',
            [...root, at],
            'the first entry is the element that the object is fed to: begin with a `name`',
          );
      }
      if (outlet) {
        if (outlet.directory) namedFolders.add(outlet.name);
        if (current !== 'none' && current !== 'lost') end(outlet, current, at);
        current = 'none';
      } else {
        const target = resolve(linkto, at, 'linkto');
        if (target && current !== 'none' && current !== 'lost') graph.links.push({ from: current, to: target, at });
        else if (target) lost.add(target.node);
        current = target ? { node: target.node } : 'lost';
      }
    } else if (name === undefined && !findings.failed([...root, at])) {
      findings.error('missing', [...root, at], 'an entry has a `name`, a `goto` or a `linkto`; found none of them');
    }
  }

  const [only] = outlets;
  const fed = only && (graph.outputs.some((output) => output.name === only.name) || namedFolders.has(only.name));
  if (only && outlets.length === 1 && !fed && current !== 'none' && current !== 'lost') end(only, current, elements.length - 1);
  if (whole) aliases.tellUnused();
  const feeding = (name: string) => `linkto: ${outletAlias(name)}`;
  const tell: Tell = (rule, at, message) => findings.error(rule, at === undefined ? root : [...root, at], message);
  checkStructure(graph, { ...options, feeding }, tell, whole ? undefined : lost);
  return graph;

  function end(outlet: { name: string; directory: boolean }, from: PadRef, at: number): void {
    if (!outlet.directory) graph.outputs.push({ name: outlet.name, from, at });
    else if (!hasNoSourcePad(factoryOf(from), catalogue) && !leads(from)) {
      findings.error(
        'folder-output',
        [...root, at],
        `the output \`${outlet.name}\` is a folder: end in an element that writes files, such as hlssink2, splitmuxsink or multifilesink; \`${factoryOf(from)}\` writes none`,
      );
    }
  }
  function factoryOf({ node }: PadRef): string {
    return graph.nodes.find(({ id }) => id === node)?.factory ?? '';
  }
  /** A `goto` that goes back to an element which feeds others already. */
  function leads({ node }: PadRef): boolean {
    return graph.links.some(({ from }) => from.node === node);
  }
}

/** What stands where the name of an element should, and is none. */
function instead(name: string): string {
  if (name.includes('!')) return 'gst-launch text goes under `launch`, in place of `elements`';
  if (/^[a-z]+\/[\w.+-]+/.test(name)) return 'caps are the property `caps` of the element `capsfilter`';
  if (/^[\w-]+\s+[\w-]+=/.test(name)) return 'its properties go under `properties`, as `name: value` each';
  return 'letters, digits, dashes and underscores';
}

/** What no launch line could hold: a name or a value would end early there, and the rest would be read as elements. */
function checkNames({ name = '', alias, properties = {} }: Element, at: number, findings: Findings): void {
  if (!isObjectName(name))
    findings.error('name-invalid', [...root, at, 'name'], `\`${name}\` is no name of an element: ${instead(name)}`);
  if (alias !== undefined && isEngineName(alias)) {
    findings.error(
      'reserved-alias',
      [...root, at, 'alias'],
      `\`${alias}\`: names that begin with gst-functions- belong to the elements that are added at run time`,
    );
  }
  for (const [property, value] of Object.entries(properties)) {
    const path = [...root, at, 'properties', property];
    if (!isMemberName(property)) findings.error('name-invalid', path, `\`${property}\` is no name of a property`);
    if (String(value).includes('\0')) findings.error('not-allowed', path, 'a property cannot hold the character U+0000');
  }
}
