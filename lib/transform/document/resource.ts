/** A resource as written: known by kind and name, its content not yet checked. */
import { isDeepStrictEqual } from 'node:util';
import type { Finding } from '../../finding.ts';
import { collectFindings, formatPath, type Path, type Place } from '../../finding.ts';
import { meant } from '../../nearest.ts';

export const group = 'pipelines.gst.io';
export const apiVersion = `${group}/v1`;
export const defaultNamespace = 'default';

/** Where the parts of a resource stand, and how they are written there; of one that comes from an API server nobody knows. */
export interface Source {
  /**
   * Where a path stands in the file, or the nearest part of it that stands there. A number behind the path of a text stands for
   * its character of that index.
   */
  place: (path: Path) => Place | undefined;
  /** What stands there without quotes: `no`, of which `value` has false. */
  plain: (path: Path) => string | undefined;
}

const noSource: Source = { place: () => undefined, plain: () => undefined };

export interface TransformResource extends Source {
  kind: 'Transform' | 'SplitTransform';
  namespace: string;
  /** Empty where the resource has none: `resolve` tells so. */
  name: string;
  generation?: number;
  /** The whole resource, as parsed. */
  value: Readonly<Record<string, unknown>>;
}

/** A document of another kind, passed over. */
export interface OtherDocument {
  apiVersion: string;
  kind: string;
  name?: string;
  line?: number;
}

export type Identified =
  | { resource: TransformResource; findings: Finding[] }
  | { other: OtherDocument; value: Readonly<Record<string, unknown>>; findings: Finding[] }
  | { findings: Finding[] };

const transformKinds = ['Transform', 'SplitTransform'] as const;
const ownKinds = [...transformKinds, 'Job'];

/** Tells a Transform from other documents, and both from what is no resource at all. */
export function identify(value: unknown, source: Source = noSource): Identified {
  const { place } = source;
  const findings = collectFindings(place);
  if (!isRecord(value)) {
    findings.error(
      'not-a-resource',
      [],
      `a resource is a map with apiVersion, kind, metadata and spec; found ${describe(value)}`,
    );
    return { findings: findings.all };
  }
  const { apiVersion: version, kind } = value;
  const lacking = Object.entries({ apiVersion: version, kind }).flatMap(([name, found]) =>
    typeof found === 'string' && found !== '' ? [] : [name],
  );
  if (lacking.length > 0) {
    const hints = lacking.flatMap((name) => {
      const wrong = Object.keys(value).find((key) => key !== name && key.toLowerCase() === name.toLowerCase());
      return wrong === undefined ? [] : [`; \`${wrong}\` is written \`${name}\``];
    });
    findings.error(
      'missing',
      [lacking[0] as string],
      `${lacking.join(' and ')} ${lacking.length > 1 ? 'are' : 'is'} missing${hints.join('')}; a Transform has \`apiVersion: ${apiVersion}\` and \`kind: Transform\``,
    );
  }
  if (typeof version !== 'string' || typeof kind !== 'string' || findings.all.length > 0) return { findings: findings.all };

  const ours = version === group || version.startsWith(`${group}/`);
  const isTransform = transformKinds.some((own) => own === kind);
  // another group may have a kind of that name, but no group of Kubernetes itself has
  if (!ours && isTransform && /pipelines?|gst|^[^/]*$/.test(version)) {
    findings.error('api-version', ['apiVersion'], `\`${version}\` is not known; ${kind} is of \`${apiVersion}\``);
    return { findings: findings.all };
  }
  const metadata = isRecord(value.metadata) ? value.metadata : {};
  const name = typeof metadata.name === 'string' ? metadata.name : undefined;
  if (!ours || kind === 'Job') {
    return { other: { apiVersion: version, kind, ...(name && { name }), ...at(place([])) }, value, findings: findings.all };
  }
  if (version !== apiVersion)
    findings.error('api-version', ['apiVersion'], `\`${version}\` is not known; write \`${apiVersion}\``);
  if (!isTransform) {
    findings.error(
      'unknown-kind',
      ['kind'],
      `no kind \`${kind}\` in ${apiVersion}, which has ${ownKinds.join(', ')}${meant(kind, ownKinds)}`,
    );
    return { findings: findings.all };
  }
  const { namespace, generation } = metadata;
  const resource: TransformResource = {
    kind: kind as TransformResource['kind'],
    namespace: typeof namespace === 'string' && namespace !== '' ? namespace : defaultNamespace,
    name: name ?? '',
    ...(typeof generation === 'number' && { generation }),
    value,
    ...source,
  };
  return { resource, findings: findings.all };
}

/**
 * A Kubernetes object as a Transform; it has no lines.
 *
 * @returns no resource where the object is of another kind, or none at all
 */
export function parseResource(object: unknown): { resource?: TransformResource; findings: Finding[] } {
  const found = identify(object);
  return 'resource' in found ? found : { findings: found.findings };
}

/** Resources in one list under the same name: the later ones would replace the first without a word. */
export function findTwins(resources: TransformResource[]): Finding[] {
  const first = new Map<string, TransformResource>();
  return resources.flatMap((resource) => {
    const id = `${resource.kind} ${resource.namespace}/${resource.name}`;
    const twin = first.get(id);
    if (!twin) first.set(id, resource);
    if (!twin || resource.name === '' || isDeepStrictEqual(twin.value, resource.value)) return [];
    const told = twin.place(['metadata', 'name']);
    const where = told?.line === undefined ? '' : `, first at ${told.file === undefined ? 'line ' : `${told.file}:`}${told.line}`;
    const path: Path = ['metadata', 'name'];
    return [
      {
        severity: 'error',
        rule: 'duplicate-name',
        path: formatPath(path),
        message: `${id} is there twice${where}`,
        ...resource.place(path),
      },
    ];
  });
}

function at(place: Place | undefined): { line?: number } {
  return place?.line === undefined ? {} : { line: place.line };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What was found, in words: `the text "x"`, `a list`. */
export function describe(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return `the text ${JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value)}`;
  return `${typeof value === 'number' ? 'the number' : 'the value'} ${String(value)}`;
}
