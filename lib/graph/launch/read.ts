/** gst-launch text to the graph that it means. */
import type { Findings } from '../../finding.ts';
import { meant } from '../../nearest.ts';
import type { Catalogue } from '../catalogue/types.ts';
import type { Graph, Link, Node, PropertyValue } from '../model.ts';
import { createIds, isEngineName } from '../names.ts';
import type { Outlet, ReadOptions } from '../outlet.ts';
import { checkStructure, type Tell } from '../structure.ts';
import { isUnread, takeEnds, type Written } from './ends.ts';
import { LaunchFault } from './fault.ts';
import { findingsIn, offsetPath } from './findings.ts';
import { type Told, withMissingLinks } from './missing-links.ts';
import { type Parsed, type ParsedElement, type ParsedEnd, parseLaunch } from './parser.ts';
import { launchSource } from './shell.ts';
import { readValue, unquote } from './value.ts';

/** `outlets`: those of a Transform; where there are none the text's own sinks are taken for such. */
export interface LaunchOptions extends Partial<ReadOptions> {
  catalogue?: Catalogue;
}

/**
 * Elements that read a file, a URL or an object stand for the object at the head; `filesink` and its like stand for
 * outputs, told apart by their names where there are several. The graph is whole only where no finding is an error.
 */
export function graphFromLaunch(
  text: string,
  options: LaunchOptions,
  findings: Findings,
): Graph & { outlets: readonly Outlet[] } {
  const empty = { nodes: [], links: [], source: undefined, outputs: [], outlets: options.outlets ?? [] };
  const { error, warning } = findingsIn(text, findings);
  const variables: Array<{ rule: string; at: number; message: string }> = [];
  let parsed: Parsed;
  let offsets: number[] = [];
  const original = (at: number) => offsets[at] ?? text.length;
  try {
    const source = launchSource(text, (rule, at, message) => variables.push({ rule, at, message }));
    try {
      offsets = source.offsets;
      parsed = parseLaunch(source.text);
    } catch (error) {
      if (error instanceof LaunchFault) error.at = original(error.at);
      throw error;
    }
  } catch (fault) {
    if (!(fault instanceof LaunchFault)) throw fault;
    for (const { rule, at, message } of variables) warning(rule, offsetPath(at), message);
    error(fault.rule, offsetPath(fault.at), fault.message);
    return empty;
  }
  const unread = parsed.elements.flatMap(({ factory, assignments }) => assignments.filter(({ name }) => isUnread(factory, name)));
  for (const { rule, at, message } of variables) {
    if (!unread.some((one) => original(one.at) <= at && at < original(one.end))) warning(rule, offsetPath(at), message);
  }
  if (parsed.elements.length === 0) {
    error('launch-syntax', [], 'there is no element in this text');
    return empty;
  }
  const faults: Told[] = [];
  const tell: Tell = (rule, at, message) => faults.push({ rule, at, message });
  const warn: Tell = (rule, at, message) => warning(rule, offsetPath(at === undefined ? at : original(at)), message);
  const { newId, ...written } = resolved(parsed, options.catalogue, tell, warn);
  const linked =
    written.links.length === parsed.links.reduce((sum, { from, to }) => sum + Math.max(1, from.pads.length, to.pads.length), 0);
  const before = faults.length;
  const { outlets, ...graph } = takeEnds(written, options, newId, tell);
  const whole = linked && faults.length === before;
  const fed = new Set(graph.links.map(({ to }) => to.node));
  const unfed = graph.nodes.flatMap(({ id }) => (fed.has(id) ? [] : [id]));
  const feeding = (name: string) => `! filesink name=${name}`;
  checkStructure(graph, { ...options, outlets, feeding }, tell, whole ? undefined : new Set(unfed));
  for (const { rule, at, message } of withMissingLinks(faults, parsed, options.catalogue))
    error(rule, offsetPath(at === undefined ? at : original(at)), message);
  return { ...inOriginal(graph, offsets), outlets };
}

function inOriginal<Part extends Written & Graph>(graph: Part, offsets: number[]): Graph {
  const moved = <Item extends { at: number }>(item: Item): Item => ({ ...item, at: offsets[item.at] ?? item.at });
  const { nodes, links, source, outputs } = graph;
  return { nodes: nodes.map(moved), links: links.map(moved), source, outputs: outputs.map(moved) };
}

/** Names to elements, pad lists to links of their own. */
function resolved(
  { elements, links }: Parsed,
  catalogue: Catalogue | undefined,
  tell: Tell,
  warn: Tell,
): Written & { newId: ReturnType<typeof createIds> } {
  const owners = new Map<string, ParsedElement>();
  const read = elements.map((element) => {
    const { name, properties } = propertiesOf(element, catalogue, tell, warn);
    if (name !== undefined && owners.has(name))
      tell('duplicate-alias', element.at, `\`name=${name}\` is there twice: each element needs a name of its own`);
    else if (name !== undefined && isEngineName(name))
      tell(
        'reserved-alias',
        element.at,
        `\`${name}\`: names that begin with gst-functions- belong to the elements that are added at run time`,
      );
    else if (name !== undefined) owners.set(name, element);
    return { element, alias: name, properties };
  });
  const newId = createIds(owners.keys());
  const nodes = new Map(
    read.map(({ element, alias, properties }): [ParsedElement, Node] => {
      const own = alias !== undefined && owners.get(alias) === element;
      const { factory, at } = element;
      return [element, { id: newId(factory, own ? alias : undefined), factory, ...(own && { alias }), properties, at }];
    }),
  );
  const find = ({ element, at }: ParsedEnd): Node | undefined => {
    if (typeof element !== 'string') return nodes.get(element);
    const owner = owners.get(element) ?? byNumber(element, read);
    if (owner === undefined)
      tell('unknown-alias', at, `no element has \`name=${element}\`${instead(element, [...owners.keys()])}`);
    return owner && nodes.get(owner);
  };
  const made = links.flatMap(({ from, to, caps, all, at }): Link[] => {
    const [upstream, target] = [find(from), find(to)];
    if (!upstream || !target) return [];
    if (all && !hasOnePad(upstream, catalogue)) {
      tell(
        'link-all',
        at,
        '`:` links every pad that shows up, which cannot be said here: write a chain with `!` for each stream',
      );
      return [];
    }
    const count = Math.max(1, from.pads.length);
    if (from.pads.length !== to.pads.length && Math.max(from.pads.length, to.pads.length) > 1) {
      tell(
        'pad-list',
        at,
        `${from.pads.length} pads before the link and ${to.pads.length} behind it: a list needs as many on both sides`,
      );
      return [];
    }
    return Array.from({ length: count }, (_, index) => ({
      from: end(upstream, from.pads[index]),
      to: end(target, to.pads[index]),
      ...(caps !== undefined && { caps }),
      at,
    }));
  });
  return { nodes: [...nodes.values()], links: made, newId };
}

function instead(name: string, known: string[]): string {
  if (known.length === 0) return `: write it behind the element that is meant`;
  return meant(name, known) || `; there are ${known.map((one) => `\`${one}\``).join(', ')}`;
}

/** `qtdemux0`: what GStreamer calls the first element of its kind, where nobody names it. */
function byNumber(
  name: string,
  elements: Array<{ element: ParsedElement; alias?: string | undefined }>,
): ParsedElement | undefined {
  const [, kind, number] = /^(.*?)-?(\d+)$/.exec(name) ?? [];
  const found = elements.filter(({ element }) => element.factory === kind)[Number(number)];
  return found?.alias === undefined ? found?.element : undefined;
}

const end = ({ id }: Node, pad: string | undefined) => (pad === undefined ? { node: id } : { node: id, pad });

/** Then `:` means the same as `!`. */
function hasOnePad({ factory }: Node, catalogue: Catalogue | undefined): boolean {
  const pads = catalogue?.element(factory)?.pads.filter(({ direction }) => direction === 'src');
  return pads?.length === 1 && pads[0]?.presence === 'always';
}

function propertiesOf({ factory, assignments }: ParsedElement, catalogue: Catalogue | undefined, tell: Tell, warn: Tell) {
  const types = catalogue?.element(factory)?.properties;
  const properties: Record<string, PropertyValue> = {};
  let name: string | undefined;
  for (const { name: property, raw, at } of assignments) {
    const text = unquote(raw);
    if (/^(["'])(?!.*\1)/s.test(raw))
      warn('quote-open', at, `the quote in \`${property}=${raw}\` is never closed: it is taken for a part of the value`);
    if (property === 'name') {
      name = String(readValue(text, 'string') ?? '');
      continue;
    }
    const value = readValue(text, types?.[property]?.type);
    if (value === undefined) tell('null-string', at, `\`${property}=NULL\` cannot be said in elements: leave the property out`);
    else properties[property] = value;
  }
  return { name, properties };
}
