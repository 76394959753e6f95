/** `elements` or `launch`, as elements; checked by lib/graph. */
import type { Element } from '../../graph/model.ts';
import type { Findings } from '../../finding.ts';
import type { PipelineFields } from '../schema/pipeline.ts';

const at = ['spec', 'pipeline'];

export function resolveElements({ elements, launch }: PipelineFields, _context: unknown, findings: Findings): Element[] {
  if (elements !== undefined && launch !== undefined) {
    findings.error('exclusive', [...at, 'launch'], '`launch` and `elements` exclude each other: keep one');
  }
  if (elements === undefined && launch === undefined && !findings.failed(at)) {
    findings.error('missing', at, 'the pipeline has neither `elements` nor `launch`');
  }
  return (elements ?? []) as Element[];
}
