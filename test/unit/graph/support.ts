/** Reading both notations in tests, and what of a graph must stay the same whatever its elements are called. */
import fc from 'fast-check';
import { collectFindings, type Finding } from '../../../lib/finding.ts';
import { type Element, type Graph, graphFromElements, graphFromLaunch, type ReadOptions } from '../../../lib/graph/index.ts';

export const single: ReadOptions = { outlets: [{ name: 'out', directory: false }] };

export function fromElements(elements: Element[], options: ReadOptions = single): { graph: Graph; findings: Finding[] } {
  const findings = collectFindings(() => undefined);
  return { graph: graphFromElements(elements, options, findings), findings: findings.all };
}

export function fromLaunch(text: string, options: Partial<ReadOptions> = single): { graph: Graph; findings: Finding[] } {
  const findings = collectFindings(() => undefined);
  const { nodes, links, source, outputs } = graphFromLaunch(text, options, findings);
  return { graph: { nodes, links, source, outputs }, findings: findings.all };
}

export const errorsOf = (findings: Finding[]) => findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule);

/**
 * Links in their order, with elements told by where they first stand in them: the same for two graphs that differ in ids,
 * in the order of their elements and in where they were written.
 */
export function shape({ nodes, links, source, outputs }: Graph) {
  const order = new Set([
    ...(source ? [source.node] : []),
    ...links.flatMap(({ from, to }) => [from.node, to.node]),
    ...outputs.map(({ from }) => from.node),
  ]);
  const numbers = new Map([...order].map((id, index) => [id, index]));
  const end = ({ node, pad }: { node: string; pad?: string }) => `${numbers.get(node)}.${pad ?? ''}`;
  return {
    elements: [...order].map((id) => {
      const node = nodes.find((candidate) => candidate.id === id);
      return [node?.factory, Object.entries(node?.properties ?? {}).map(([name, value]) => [name, String(value)])];
    }),
    unlinked: nodes.filter(({ id }) => !order.has(id)).length,
    source: source && end(source),
    links: links.map(({ from, to, caps }) => [end(from), end(to), caps]),
    outputs: Object.fromEntries(outputs.map(({ name, from }) => [name, end(from)])),
  };
}

/** Text that people and attackers put into properties. */
export const hostile = [
  '',
  ' ',
  '"',
  '""',
  '"x"',
  "'x'",
  "it's",
  'say "hi"',
  '\\',
  'ends in \\',
  'ends in \\\\',
  '\\"',
  '"\\',
  '\\101',
  '\\n',
  'two\nlines',
  'ends in a break\n',
  '\n\\',
  'tab\there',
  'a ! filesink location=/tmp/x',
  '" ! filesink location="/tmp/x',
  '\\" ! filesink location=\\"/tmp/x',
  'x\\" ! fakesink name=evil "',
  'NULL',
  '(NULL)',
  '( fakesrc )',
  'http://example.com/x',
  'video/x-raw,width=1 ! ',
  'name=evil',
  'häß 日本 🎬',
  '{ "a", "b" }',
  '<a,b>',
  '$(id) `id` $HOME',
  '%05d',
  'a, b; c: d',
  '\u0001\u007f\u0085',
  'true',
  '007',
  '1e21',
] as const;

const text = fc.oneof(
  fc.constantFrom(...hostile),
  fc.string({ unit: 'binary', maxLength: 12 }).map((raw) => raw.replaceAll('\0', '')),
);
const value = fc.oneof(
  text,
  fc.integer(),
  fc.double({ min: -1e20, max: 1e20, noNaN: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
  fc.boolean(),
);
const property = fc.stringMatching(/^[a-z][a-z-]{0,6}[a-z]$/).filter((name) => name !== 'name');
const factory = fc.constantFrom('queue', 'tee', 'identity', 'x264enc', 'mp4mux', 'decodebin', 'audio_convert', 'a-b');
const pad = fc.option(fc.constantFrom('src', 'src_0', 'video_%u', 'sink_1'), { nil: undefined });

/** Any pipeline without a fault: each element but the first is fed by an earlier one, and some by several. */
export const graphs: fc.Arbitrary<Graph> = fc
  .array(
    fc.record({
      factory,
      properties: fc.dictionary(property, value, { maxKeys: 3, noNullPrototype: true }),
      feeders: fc.array(fc.record({ nat: fc.nat(), from: pad, to: pad }), { minLength: 1, maxLength: 3 }),
      alias: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .chain((drawn) => {
    const nodes = drawn.map(({ factory, properties, alias }, at) => ({
      id: `n${at}`,
      factory,
      ...(alias && { alias: `n${at}` }),
      properties,
      at,
    }));
    const links = drawn.flatMap(({ feeders }, at) =>
      at === 0
        ? []
        : feeders.map(({ nat, from, to }) => ({
            from: { node: `n${nat % at}`, ...(from !== undefined && { pad: from }) },
            to: { node: `n${at}`, ...(to !== undefined && { pad: to }) },
            at,
          })),
    );
    const ends = nodes.filter(({ id }) => !links.some(({ from }) => from.node === id));
    const outputs = ends.map(({ id }, index) => ({ name: ends.length === 1 ? 'out' : `o${index}`, from: { node: id }, at: 0 }));
    return fc
      .shuffledSubarray(links, { minLength: links.length })
      .map((order) => ({ nodes, links: order, source: { node: 'n0' }, outputs }));
  });

export const outletsOf = ({ outputs }: Graph): ReadOptions => ({
  outlets: outputs.map(({ name }) => ({ name, directory: false })),
});
