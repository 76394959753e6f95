/** All Transforms of the cluster, checked: what is usable, and every fault in words. */
import { type Condition, resources, type TransformObject } from '../../lib/kubernetes/index.ts';
import {
  checkTogether,
  type Finding,
  parseResource,
  type ResolvedTransform,
  type ResolveOptions,
  resolve,
} from '../../lib/transform/index.ts';
import { transformId } from './jobs.ts';

export interface CheckedTransform {
  /** As the API server has it, with its kind. */
  object: TransformObject;
  /** Absent where a finding is an error. */
  transform?: ResolvedTransform;
  findings: Finding[];
}

export function checkTransforms(objects: readonly TransformObject[], options: ResolveOptions): CheckedTransform[] {
  const checked = objects.map((object): CheckedTransform => {
    const { resource, findings } = parseResource(object);
    if (!resource) return { object, findings };
    const resolved = resolve(resource, options);
    return { object, transform: resolved.transform, findings: [...findings, ...resolved.findings] };
  });
  const usable = checked.flatMap(({ transform }) => transform ?? []);
  // the place is all that comes back with a finding, so it carries whose finding it is
  const together = Map.groupBy(
    checkTogether(usable, ({ ref }) => ({ file: transformId(ref) })),
    ({ file }) => file,
  );
  return checked.map((one) => {
    const rings = (one.transform && together.get(transformId(one.transform.ref))) ?? [];
    return { ...one, findings: [...one.findings, ...rings.map(({ file: _, ...finding }) => finding)] };
  });
}

/** The lists of the API server leave out of which kind their items are. */
export function withKind(kind: 'transforms' | 'splitTransforms', objects: TransformObject[]): TransformObject[] {
  const { group, version, kind: name } = resources[kind];
  return objects.map((object) => ({ ...object, apiVersion: `${group}/${version}`, kind: name }));
}

/** The condition `Ready`: its reason is what `kubectl get` shows, its message what there is to mend. */
export function readyCondition({ transform, findings }: CheckedTransform): Condition {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  if (!transform) {
    return { type: 'Ready', status: 'False', reason: 'Invalid', message: errors.map(inWords).join('\n') };
  }
  const { bucket, prefix } = transform.source;
  const watched = prefix === '' ? `all objects of ${bucket}` : `objects under ${bucket}/${prefix}`;
  const lines = [
    transform.suspend ? `Suspended: nothing is asked for. What comes meanwhile is for backfill.` : `Takes ${watched}.`,
    ...warnings.map((finding) => `Warning: ${inWords(finding)}`),
  ];
  return { type: 'Ready', status: 'True', reason: transform.suspend ? 'Suspended' : 'Valid', message: lines.join('\n') };
}

function inWords({ path, message }: Finding): string {
  return path === '' ? message : `${path}: ${message}`;
}
