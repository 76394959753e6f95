import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { customResourceDefinition, kinds } from '../../../lib/transform/schema/crd.ts';
import { editorSchema } from '../../../lib/transform/schema/editor.ts';
import { type Change, transformOf, type Written } from '../../support/transforms.ts';

interface Schema {
  type?: string;
  description?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: Schema | boolean;
  [keyword: string]: unknown;
}

const crds = kinds.map((kind) => customResourceDefinition(kind) as never as Crd);
interface Crd {
  metadata: { name: string };
  spec: {
    names: { kind: string; shortNames: string[]; categories: string[] };
    versions: Array<{
      name: string;
      subresources: { status: object };
      additionalPrinterColumns: Array<{ name: string; jsonPath: string }>;
      schema: { openAPIV3Schema: Schema };
    }>;
  };
}

/** Every schema within, with its path. */
function* walk(schema: Schema, path: string): Generator<[path: string, schema: Schema]> {
  yield [path, schema];
  for (const [name, field] of Object.entries(schema.properties ?? {})) yield* walk(field, `${path}.${name}`);
  if (schema.items) yield* walk(schema.items, `${path}[]`);
  if (typeof schema.additionalProperties === 'object') yield* walk(schema.additionalProperties, `${path}.*`);
}

describe.each(crds.map((crd) => [crd.spec.names.kind, crd] as const))('the CRD of %s', (_kind, crd) => {
  const [version] = crd.spec.versions;
  const nodes = version ? [...walk(version.schema.openAPIV3Schema, '')] : [];

  it('describes every field, as kubectl explain shows it', () => {
    expect(nodes.length).toBeGreaterThan(20);
    const bare = nodes.filter(([path, { description }]) => !description && path !== '.metadata');
    expect(bare.map(([path]) => path)).toEqual([]);
  });

  it('is structural: a type everywhere, and no keyword that a structural schema must not have', () => {
    const loose = nodes.filter(
      ([, node]) =>
        node.type === undefined && !node['x-kubernetes-int-or-string'] && !node['x-kubernetes-preserve-unknown-fields'],
    );
    expect(loose.map(([path]) => path)).toEqual([]);
    for (const [path, node] of nodes) {
      for (const keyword of [
        '$ref',
        '$schema',
        'definitions',
        'const',
        'oneOf',
        'patternProperties',
        'if',
        'then',
        'uniqueItems',
      ]) {
        expect(node, path).not.toHaveProperty(keyword);
      }
      // both at once are refused by the API server
      expect(node.properties !== undefined && node.additionalProperties !== undefined, path).toBe(false);
    }
  });

  it('has a status of its own, short names and printer columns whose paths lead somewhere', () => {
    expect(version?.subresources).toEqual({ status: {} });
    expect(crd.spec.names.shortNames.length).toBeGreaterThan(0);
    for (const { name, jsonPath } of version?.additionalPrinterColumns ?? []) {
      const path = jsonPath.replace(/\[[^\]]*\]/g, '[]');
      const known = nodes.some(([at]) => at === path) || path === '.metadata.creationTimestamp';
      expect(known, `${name}: ${path}`).toBe(true);
    }
  });
});

it('the columns are those of the seed', () => {
  const columns = Object.fromEntries(
    crds.map((crd) => [crd.spec.names.kind, crd.spec.versions[0]?.additionalPrinterColumns.map(({ name }) => name).slice(0, 4)]),
  );
  expect(columns.Job).toEqual(['Age', 'Src', 'Sinks', 'Status']);
  for (const kind of ['Transform', 'SplitTransform']) expect(columns[kind]?.slice(0, 2)).toEqual(['Age', 'Status']);
});

it('no two kinds share a short name', () => {
  const names = crds.flatMap(({ spec }) => spec.names.shortNames);
  expect(new Set(names).size).toBe(names.length);
});

describe('the schema for editors', () => {
  const validate = new Ajv({ strict: false, allErrors: true, formats: { 'date-time': true } }).compile(editorSchema());
  const fixture = (name: string) => readFileSync(new URL(`../../fixtures/seed/${name}`, import.meta.url), 'utf8');

  it.each(['mp4-converter.yaml', 'video-splitter.yaml', 'minio-credentials.yaml'])('takes %s of the seed', (name) => {
    for (const document of parseAllDocuments(fixture(name))) expect(validate(document.toJS()) || validate.errors).toBe(true);
  });

  const wrong: Array<[name: string, written: Written]> = [
    ['an unknown field', { spec: { sinc: {} } }],
    ['text for a boolean', { spec: { suspend: 'yes' } }],
    ['an unknown choice', { spec: { execution: 'pod' } }],
    ['a Transform with a video sink', { spec: { video: { minio: { key: 'a' } } } }],
    ['a SplitTransform with a sink', { kind: 'SplitTransform', spec: { sink: { minio: { key: 'a' } } } }],
    ['a list as a property', { spec: { pipeline: { elements: [{ name: 'a', properties: { b: ['c'] } }] } } as Change }],
    ['no pipeline', { spec: { pipeline: undefined } }],
  ];
  it.each(wrong)('refuses %s', (_name, written) => {
    expect(validate(transformOf())).toBe(true);
    expect(validate(transformOf(written))).toBe(false);
  });

  it('is the file that examples name', () => {
    const file = new URL('../../../docs/schema/transform.json', import.meta.url);
    expect(parse(readFileSync(file, 'utf8'))).toEqual(editorSchema());
  });
});
