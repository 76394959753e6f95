/** Which objects a Transform takes. */
import type { Findings } from '../../finding.ts';
import { patternFault } from '../match/pattern.ts';
import type { SpecFields } from '../schema/transform.ts';
import type { ResolvedTransform } from '../types.ts';
import { resolveBucket } from './bucket.ts';
import { resolveEndpoint } from './endpoint.ts';
import { mergeGlobals } from './merge.ts';

export function resolveSource(spec: SpecFields, allowed: readonly string[], findings: Findings): ResolvedTransform['source'] {
  const merged = mergeGlobals(spec, spec.src, ['spec', 'src'], findings);
  const { include, exclude, key = '' } = merged.fields;
  for (const [field, pattern] of Object.entries({ include, exclude })) {
    const fault = pattern === undefined ? undefined : patternFault(pattern);
    if (fault !== undefined) findings.error('regexp-invalid', merged.pathOf(field as 'include' | 'exclude'), fault);
  }
  const prefix = key === '/' ? '' : key;
  if (prefix.startsWith('/')) {
    findings.warning('never-matches', merged.pathOf('key'), `no key begins with "/": write \`${prefix.replace(/^\/+/, '')}\``);
  }
  if (/\{\{/.test(prefix))
    findings.warning('never-matches', merged.pathOf('key'), 'the key of src is a plain prefix, no template');
  return {
    endpoint: resolveEndpoint(merged, allowed, findings),
    bucket: resolveBucket(merged, findings),
    prefix,
    ...(include !== undefined && { include }),
    ...(exclude !== undefined && { exclude }),
  };
}
