/** A graph as a launch line that gst_parse_launch reads back as the same graph. */
import { Fault } from '../../errors.ts';
import type { Catalogue } from '../catalogue/types.ts';
import type { Graph, Link, Node, PadRef } from '../model.ts';
import { isMemberName, isObjectName } from '../names.ts';
import { printValue } from './value.ts';

export interface PrintOptions {
  /** Tells types of properties; without it values take a form that fits any. */
  catalogue?: Catalogue;
}

/**
 * Every element by its id, then every link in order: the elements of the graph alone, without source and outputs.
 * @throws Fault TRANSFORM_INVALID for a name that a launch line cannot hold
 */
export function launchParts(graph: Graph, options: PrintOptions = {}): string[] {
  return [...graph.nodes.map((node) => printNode(node, options)), ...graph.links.map(printLink)];
}

/** One line, elements and links apart by two blanks. */
export function launchText(graph: Graph, options: PrintOptions = {}): string {
  return launchParts(graph, options).join('  ');
}

export function printNode({ id, factory, properties }: Node, options: PrintOptions = {}): string {
  const values = printProperties(factory, properties, options);
  return [checked(isObjectName, factory), `name=${checked(isObjectName, id)}`, ...values].join(' ');
}

/** `name=value` each, but for the name of the element itself: links refer to its id. */
export function printProperties(factory: string, properties: Node['properties'], { catalogue }: PrintOptions): string[] {
  const types = catalogue?.element(factory)?.properties;
  return Object.entries(properties)
    .filter(([name]) => name !== 'name')
    .map(([name, value]) => `${checked(isMemberName, name)}=${printValue(value, types?.[name]?.type)}`);
}

export function printLink({ from, to, caps }: Link): string {
  return `${printRef(from)} ! ${caps === undefined ? '' : `${printCaps(caps)} ! `}${printRef(to)}`;
}

/** As an element: inline caps cannot hold every caps string on GStreamer 1.22. */
export const printCaps = (caps: string): string => `capsfilter caps=${printValue(caps, 'caps')}`;

/** `demux.video_0`; `demux.` for any pad of it. */
export function printRef({ node, pad }: PadRef): string {
  return `${checked(isObjectName, node)}.${pad === undefined ? '' : checked(isMemberName, pad)}`;
}

function checked(valid: (name: string) => boolean, name: string): string {
  if (!valid(name)) throw new Fault('TRANSFORM_INVALID', { cause: `${JSON.stringify(name)} is no name for a launch line` });
  return name;
}
