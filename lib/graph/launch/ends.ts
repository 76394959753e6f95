/** The ends of a pipeline in launch text: elements that read a file stand for the object, those that write one for outputs. */
import { meant } from '../../nearest.ts';
import { withCapsFilters } from '../caps-filters.ts';
import { mayWriteFiles } from '../lint/policy/elements.ts';
import type { Link, Node, OutputLink, PadRef } from '../model.ts';
import { type Outlet, outletAlias, type ReadOptions } from '../outlet.ts';
import { hasNoSinkPad, hasNoSourcePad } from '../pads.ts';
import type { Tell } from '../structure.ts';

const sources = /^(?:file|fd|gio|gnomevfs|souphttp|curlhttp|neonhttp|urisource|awss3|s3|rtmp2?)(?:src|bin)$/;
const sinks = /^(?:file|fd|gio|gnomevfs|awss3|s3)sink$/;
/** An element that reads a URI and decodes it is left as what decodes. */
const decoders: ReadonlyMap<string, string> = new Map([
  ['uridecodebin', 'decodebin'],
  ['uridecodebin3', 'decodebin3'],
]);
/** Properties of `uridecodebin` that are about reading. */
const aboutReading = new Set([
  'uri',
  'instant-uri',
  'suburi',
  'source',
  'buffer-size',
  'buffer-duration',
  'download',
  'download-dir',
  'ring-buffer-max-size',
]);
const sinkName = /^[a-z0-9](?:[-a-z0-9]{0,38}[a-z0-9])?$/;

type NewId = (factory: string) => string;

/** Whether nothing looks at that property: the element is left out, or what reads is left out of it. */
export const isUnread = (factory: string, property: string): boolean =>
  sources.test(factory) || sinks.test(factory) || (decoders.has(factory) && aboutReading.has(property));

/** A graph as written, source and sinks among its elements. */
export interface Written {
  nodes: Node[];
  links: Link[];
}

export interface Inner extends Written {
  source: PadRef | undefined;
  outputs: OutputLink[];
  outlets: readonly Outlet[];
}

/** @param options its `outlets` are those of a Transform; where there are none the text's own sinks are taken for such */
export function takeEnds(written: Written, options: Partial<ReadOptions>, newId: NewId, tell: Tell): Inner {
  const ends = new Set(written.nodes.flatMap(({ id, factory }) => (sources.test(factory) || sinks.test(factory) ? [id] : [])));
  const filtered = withCapsFilters(written, newId, ({ from, to }) => ends.has(from.node) || ends.has(to.node));
  const { source, ...rest } = takeSource(filtered, options.catalogue, tell);
  const writers = rest.nodes.filter(({ factory }) => sinks.test(factory));
  const given = options.outlets?.length ? options.outlets : undefined;
  const outlets = given ?? outletsOf(rest.nodes, writers, options.catalogue);
  const outletFor = (writer: Node, index: number) => (given ? outletOf(writer, writers, given, tell) : outlets[index]);
  const taken = takeOutputs(rest, source, writers, outletFor, tell);
  return { source, outlets, ...withOnlyOutput(taken, { ...options, outlets }) };
}

type Sourced = Written & Pick<Inner, 'source'>;

function takeSource(written: Written, catalogue: ReadOptions['catalogue'], tell: Tell): Sourced {
  const [reader, ...others] = written.nodes.filter(({ factory }) => sources.test(factory) || decoders.has(factory));
  for (const { factory, at } of others)
    tell(
      'several-sources',
      at,
      `\`${factory}\` is a second source, and there is one object, which ${reader?.factory} reads already: a small picture or text can stand in the pipeline itself, by \`dataurisrc uri=data:…\`; larger files are joined before they are uploaded`,
    );
  const nodes = written.nodes.filter((node) => !others.includes(node));
  const links = written.links.filter(({ from }) => !others.some(({ id }) => id === from.node));
  if (reader === undefined) {
    const fed = new Set(links.map(({ to }) => to.node));
    const roots = nodes.filter(({ id, factory }) => !fed.has(id) && !hasNoSinkPad(factory, catalogue));
    // none or several: told where inputs are looked at
    return { nodes, links, source: roots[0] && { node: roots[0].id } };
  }
  const decoder = decoders.get(reader.factory);
  if (decoder !== undefined) {
    const properties = Object.fromEntries(Object.entries(reader.properties).filter(([name]) => !aboutReading.has(name)));
    return {
      nodes: nodes.map((node) => (node === reader ? { ...node, factory: decoder, properties } : node)),
      links,
      source: { node: reader.id },
    };
  }
  const [out, twice] = links.filter(({ from }) => from.node === reader.id);
  if (out === undefined)
    tell(
      'dead-end',
      reader.at,
      `\`${reader.factory}\` feeds nothing: link it to the element that reads the object, such as decodebin`,
    );
  const pad = out?.from.pad ?? 'src';
  if (pad !== 'src')
    tell(
      'unknown-pad',
      reader.at,
      `\`${reader.factory}\` has no pad \`${pad}\`: put a demuxer behind it, and give that the name which stands before \`.${pad}\``,
    );
  if (twice) tell('source-linked-twice', twice.at, `\`${reader.factory}\` feeds two elements: put a \`tee\` behind it`);
  return {
    nodes: nodes.filter((node) => node !== reader),
    links: links.filter(({ from }) => from.node !== reader.id),
    source: out && { node: out.to.node },
  };
}

function takeOutputs(
  { nodes, links }: Written,
  source: PadRef | undefined,
  writers: readonly Node[],
  outletFor: (writer: Node, index: number) => Outlet | undefined,
  tell: Tell,
): Written & { outputs: OutputLink[] } {
  const outputs = writers.flatMap((writer, index): OutputLink[] => {
    const { factory, at } = writer;
    const [into, twice] = links.filter(({ to }) => to.node === writer.id);
    const outlet = outletFor(writer, index);
    if (twice) tell('output-fed-twice', at, `\`${factory}\` is fed twice: join the branches by a muxer first`);
    else if (source?.node === writer.id) {
      tell('nothing-between', at, 'source and sink stand side by side: a pipeline has at least one element between them');
    } else if (!into) tell('no-input', at, `nothing feeds \`${factory}\`: link it to the element that its data comes from`);
    else if (outlet) return [{ name: outlet.name, from: into.from, at }];
    return [];
  });
  return {
    nodes: nodes.filter((node) => !writers.includes(node)),
    links: links.filter(({ to }) => !writers.some(({ id }) => id === to.node)),
    outputs,
  };
}

/** Text without a sink: its one end feeds the one output. */
function withOnlyOutput<Part extends Written & { outputs: OutputLink[] }>(part: Part, { outlets, catalogue }: ReadOptions): Part {
  const ends = part.nodes.filter(
    ({ id, factory }) => !part.links.some(({ from }) => from.node === id) && !hasNoSourcePad(factory, catalogue),
  );
  const [[outlet], [end]] = [outlets, ends];
  if (part.outputs.length > 0 || outlets.length !== 1 || ends.length !== 1 || !outlet || outlet.directory || !end) return part;
  return { ...part, outputs: [{ name: outlet.name, from: { node: end.id }, at: end.at }] };
}

function outletOf(writer: Node, writers: readonly Node[], outlets: readonly Outlet[], tell: Tell): Outlet | undefined {
  const files = outlets.filter(({ directory }) => !directory);
  if (files.length === 0) {
    tell(
      'folder-output',
      writer.at,
      `the output \`${outlets[0]?.name}\` is a folder, and \`${writer.factory}\` writes one file: use hlssink2, splitmuxsink or multifilesink, or take the / off the end of the sink's key`,
    );
    return undefined;
  }
  const [only] = files;
  if (files.length === 1 && writers.length === 1) return only;
  const names = namesOf(writer);
  const outlet = files.find(({ name }) => names.includes(name));
  if (outlet) return outlet;
  const called =
    names[0] === undefined
      ? ''
      : `; \`${names[0]}\` is none of them${meant(
          names[0],
          files.map(({ name }) => name),
        )}`;
  tell(
    'output-unknown',
    writer.at,
    `which output is this? The sinks are ${files.map(({ name }) => `\`${name}\``).join(', ')}${called}: call the element so, as \`${writer.factory} name=${only?.name}\``,
  );
  return undefined;
}

/** What a sink may be known by: its name, else its file's. */
function namesOf({ alias, properties }: Node): string[] {
  const stem = /([^/\\]+?)(?:\.[^./\\]*)?$/.exec(String(properties.location ?? ''))?.[1];
  return [alias, alias?.replace(new RegExp(`${outletAlias('')}$`), ''), stem].filter((name) => name !== undefined);
}

/** The outlets of text that belongs to no Transform: one for each sink, or a folder where elements write files themselves. */
function outletsOf(nodes: readonly Node[], writers: readonly Node[], catalogue: ReadOptions['catalogue']): Outlet[] {
  if (writers.length === 0) return [{ name: 'out', directory: nodes.some(({ factory }) => mayWriteFiles(factory, catalogue)) }];
  if (writers.length === 1) return [{ name: 'out', directory: false }];
  const taken = new Set<string>();
  return writers.map((writer, index) => {
    const names = namesOf(writer).flatMap((name) => [name, asSinkName(name)]);
    const name = names.find((candidate) => sinkName.test(candidate) && !taken.has(candidate)) ?? `out-${index + 1}`;
    taken.add(name);
    return { name, directory: false };
  });
}

/** `Film_720p` as `film-720p`. */
const asSinkName = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
