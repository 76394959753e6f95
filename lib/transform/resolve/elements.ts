/** `elements` or `launch`, as elements; checked by lib/graph. */

import type { Findings } from '../../finding.ts';
import type { Element } from '../../graph/model.ts';
import type { PipelineFields } from '../schema/pipeline.ts';
import { misspelt, toldAt } from './merge.ts';

const at = ['spec', 'pipeline'];

export function resolveElements({ elements, launch }: PipelineFields, _context: unknown, findings: Findings): Element[] {
  if (elements !== undefined && launch !== undefined) {
    findings.error('exclusive', [...at, 'launch'], '`launch` and `elements` exclude each other: keep one');
  }
  const explained = [['spec'], at, [...at, 'elements'], [...at, 'launch']].some(
    (path) => toldAt(path, findings) || misspelt(path, findings),
  );
  if (elements === undefined && launch === undefined && !explained) {
    findings.error('missing', at, 'the pipeline has neither `elements` nor `launch`');
  }
  return (elements ?? []) as Element[];
}
