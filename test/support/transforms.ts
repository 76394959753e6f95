/** Transforms for tests: a whole one, of which a test changes the part it is about. */
import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import type { Finding } from '../../lib/finding.ts';
import { asKubectl } from '../../lib/transform/document/scalars.ts';
import {
  parseTransforms,
  type Resolved,
  type ResolvedTransform,
  type ResolveOptions,
  resolve,
} from '../../lib/transform/index.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json | undefined };
export type Fields = { [key: string]: Json | undefined };

/** Without a fault and without a warning. */
export const plainSpec: Fields = {
  globals: {
    minio: {
      endpoint: 'minio.example:9000',
      insecureNoTLS: true,
      bucket: 'media',
      credentialsSecret: { name: 'minio-credentials' },
    },
  },
  src: { minio: { key: 'drop/' } },
  sink: { minio: { key: 'mp4/{{ .SrcKey | trimPrefix "drop/" }}.mp4' } },
  pipeline: { elements: [{ name: 'decodebin' }, { name: 'x264enc' }, { name: 'mp4mux' }] },
};

/** `undefined` takes a field away. */
export type Change = Fields;

/** `base` with `change` put over it, map by map; lists are replaced. */
export function changed(base: Fields, change: Change): Fields {
  const copy: Fields = structuredClone(base);
  for (const [key, value] of Object.entries(change)) {
    const own = copy[key];
    if (value === undefined) delete copy[key];
    else if (isMap(value)) copy[key] = changed(isMap(own) ? (own as Fields) : {}, value as Change);
    else copy[key] = value as Json;
  }
  return copy;
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export interface Written {
  kind?: string;
  name?: string;
  namespace?: string;
  /** Put over `plainSpec`. */
  spec?: Change;
}

export function transformOf({ kind = 'Transform', name = 'sample', namespace, spec = {} }: Written = {}): Fields {
  const base = kind === 'SplitTransform' ? changed(plainSpec, { sink: undefined }) : plainSpec;
  return {
    apiVersion: 'pipelines.gst.io/v1',
    kind,
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    spec: changed(base, spec),
  };
}

/** Written as YAML, read again and resolved: the way of a user's file. */
export function resolveWritten(written: Written | Fields = {}, options: ResolveOptions = {}): Resolved {
  const whole = 'apiVersion' in written ? written : transformOf(written as Written);
  return resolveText(stringify(whole, asKubectl), options);
}

/** The first resource of a YAML text; the findings of the text come first. */
export function resolveText(text: string, options: ResolveOptions = {}): Resolved {
  const { resources, findings } = parseTransforms(text);
  const [resource] = resources;
  const resolved = resource ? resolve(resource, options) : { findings: [] };
  return { ...resolved, findings: [...findings, ...resolved.findings] };
}

/** One that must be without an error. */
export function resolved(written: Written = {}, options: ResolveOptions = {}): ResolvedTransform {
  const { transform, findings } = resolveWritten(written, options);
  if (!transform) throw new Error(`not valid: ${findings.map(told).join('; ')}`);
  return transform;
}

export const told = ({ severity, rule, path }: Finding): string => `${severity} ${rule} ${path}`;

/** A pipeline that feeds each of these outputs. */
export function feeding(names: string[]): Fields {
  const branch = (name: string): Json[] => [{ goto: 't' }, { name: 'queue' }, { name: 'matroskamux' }, { linkto: `${name}-out` }];
  return { elements: [{ name: 'parsebin' }, { name: 'tee', alias: 't' }, ...names.flatMap(branch)] };
}

/** True where no two of the values are the same. */
export function allDiffer(values: unknown[]): boolean {
  return values.every((value, index) => !values.slice(index + 1).some((other) => isDeepStrictEqual(value, other)));
}
