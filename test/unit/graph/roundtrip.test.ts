import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Catalogue, PropertyInfo } from '../../../lib/graph/catalogue/types.ts';
import { elementsOf, type Graph, launchCommand, launchText, printRef } from '../../../lib/graph/index.ts';
import { fromElements, fromLaunch, graphs, hostile, outletsOf, shape } from './support.ts';

/** A catalogue that knows every element as one with pads on both sides, and every property as one of this type. */
function catalogueOf(type: PropertyInfo['type']): Catalogue {
  const pads = (['sink', 'src'] as const).map((direction) => ({
    name: direction,
    direction,
    presence: 'always' as const,
    caps: 'ANY',
  }));
  const properties = new Proxy({}, { get: () => ({ type, typeName: '', writable: true, deprecated: false }) });
  return { version: '', names: () => [], element: (name) => ({ name, klass: '', pads, childProxy: false, properties }) };
}

/** Printed with source and sinks, so that it stands for itself. */
function printed(graph: Graph, catalogue?: Catalogue): string {
  const sinks = graph.outputs.map(({ name, from }) => `${printRef(from)} ! filesink name=${name}`);
  return [
    launchText(graph, { ...(catalogue && { catalogue }) }),
    `filesrc ! ${printRef(graph.source ?? { node: '' })}`,
    ...sinks,
  ].join(' ');
}

const wellFormed = (graph: Graph): Graph => ({
  ...graph,
  nodes: graph.nodes.map((node) => ({
    ...node,
    properties: Object.fromEntries(
      Object.entries(node.properties).map(([k, v]) => [k, typeof v === 'string' ? v.toWellFormed() : v]),
    ),
  })),
});

describe('a graph', () => {
  it('is the same after it went through elements', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const read = fromElements(elementsOf(graph), outletsOf(graph));
        expect(read.findings).toEqual([]);
        expect(shape(read.graph)).toEqual(shape(graph));
      }),
    );
  });

  it.each(['without types', 'of strings', 'of numbers'] as const)(
    'is the same after it went through a launch line (%s)',
    (types) => {
      const catalogue = types === 'without types' ? undefined : catalogueOf(types === 'of strings' ? 'string' : 'int');
      fc.assert(
        fc.property(graphs, (drawn) => {
          const graph = wellFormed(drawn);
          // no type but string holds what ends in a backslash and has blanks
          fc.pre(
            types !== 'of numbers' ||
              graph.nodes.every(({ properties }) => Object.values(properties).every((v) => !/\\$/.test(String(v)))),
          );
          const read = fromLaunch(printed(graph, catalogue), { ...outletsOf(graph), ...(catalogue && { catalogue }) });
          expect(read.findings).toEqual([]);
          expect(shape(read.graph)).toEqual(shape(graph));
        }),
      );
    },
  );

  it('is the same after it went through a command for a shell', () => {
    fc.assert(
      fc.property(graphs, (drawn) => {
        const graph = wellFormed(drawn);
        const read = fromLaunch(launchCommand(graph), outletsOf(graph));
        expect(read.findings.filter(({ rule }) => rule !== 'shell-variable')).toEqual([]);
        expect(shape(read.graph)).toEqual(shape(graph));
      }),
    );
  });
});

describe('a hostile value', () => {
  const graphWith = (value: string): Graph => ({
    nodes: [
      { id: 'a', factory: 'identity', properties: { 'some-text': value, after: 'kept' }, at: 0 },
      { id: 'b', factory: 'queue', properties: { text: value }, at: 1 },
    ],
    links: [{ from: { node: 'a' }, to: { node: 'b' }, at: 1 }],
    source: { node: 'a' },
    outputs: [{ name: 'out', from: { node: 'b' }, at: 1 }],
  });

  it.each(hostile.map((value) => [JSON.stringify(value), value]))('%s stays one value of one element', (_shown, value) => {
    const graph = graphWith(value);
    for (const text of [printed(graph), printed(graph, catalogueOf('string')), launchCommand(graph)]) {
      expect(shape(fromLaunch(text).graph)).toEqual(shape(graph));
    }
  });

  it('is refused where it is a name', () => {
    const { findings } = fromElements([{ name: 'identity ! filesink', properties: { 'a=b ! c': 1 } }, { name: 'queue' }]);
    expect(findings.map(({ rule, path }) => [rule, path])).toEqual([
      ['name-invalid', 'spec.pipeline.elements[0].name'],
      ['name-invalid', 'spec.pipeline.elements[0].properties["a=b ! c"]'],
    ]);
    expect(() => launchText({ ...graphWith(''), nodes: [{ id: 'a', factory: 'x ! y', properties: {}, at: 0 }] })).toThrow(
      /no name/,
    );
    expect(() => launchText(graphWith('\0'))).toThrow(/U\+0000/);
  });
});
