/** CustomResourceDefinitions. */
import { apiVersion, group } from '../document/resource.ts';
import { jobSchema } from './job.ts';
import { nodeOf } from './json-schema.ts';
import { type Structural, structural } from './structural.ts';
import { transformSchemas } from './transform.ts';

interface Column {
  name: string;
  type: 'string' | 'date' | 'boolean' | 'integer';
  jsonPath: string;
  /** 1: shown by `-o wide` only. */
  priority?: number;
  description?: string;
}

interface Kind {
  kind: string;
  plural: string;
  shortNames: string[];
  schema: Parameters<typeof nodeOf>[0];
  columns: Column[];
}

const age: Column = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };
const transformColumns: Column[] = [
  age,
  {
    name: 'Status',
    type: 'string',
    jsonPath: '.status.conditions[?(@.type=="Ready")].reason',
    description: 'Reason of the condition Ready.',
  },
  { name: 'Suspend', type: 'boolean', jsonPath: '.spec.suspend', priority: 1 },
  { name: 'Message', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].message', priority: 1 },
];

export const kinds: readonly Kind[] = [
  { kind: 'Transform', plural: 'transforms', shortNames: ['gtf'], schema: transformSchemas.Transform, columns: transformColumns },
  {
    kind: 'SplitTransform',
    plural: 'splittransforms',
    shortNames: ['gstf'],
    schema: transformSchemas.SplitTransform,
    columns: transformColumns,
  },
  {
    kind: 'Job',
    plural: 'jobs',
    shortNames: ['gjob'],
    schema: jobSchema,
    columns: [
      age,
      { name: 'Src', type: 'string', jsonPath: '.spec.src.name' },
      { name: 'Sinks', type: 'string', jsonPath: '.spec.sinks[*].name' },
      { name: 'Status', type: 'string', jsonPath: '.status.state' },
      { name: 'Percent', type: 'integer', jsonPath: '.status.progress.percent', priority: 1 },
      { name: 'Error', type: 'string', jsonPath: '.status.error.code', priority: 1 },
    ],
  },
];

export function customResourceDefinition({ kind, plural, shortNames, schema, columns }: Kind): Structural {
  const { description, properties = {}, required = [] } = nodeOf(schema);
  const fields = Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, structural(field)]));
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase(), shortNames, categories: ['gst'] },
      versions: [
        {
          name: apiVersion.slice(group.length + 1),
          served: true,
          storage: true,
          additionalPrinterColumns: columns,
          subresources: { status: {} },
          schema: {
            openAPIV3Schema: {
              type: 'object',
              description,
              required,
              properties: {
                apiVersion: { type: 'string', description: 'Version of this schema.' },
                kind: { type: 'string', description: 'Kind of the resource.' },
                metadata: { type: 'object' },
                ...fields,
              },
            },
          },
        },
      ],
    },
  };
}
