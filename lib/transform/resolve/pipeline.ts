/** The pipeline of a Transform: its elements, whichever way they are written, and what it needs to run. */

import type { Findings } from '../../finding.ts';
import type { Element } from '../../graph/model.ts';
import type { PipelineFields } from '../schema/pipeline.ts';
import type { SpecFields } from '../schema/transform.ts';
import type { ResolvedTransform } from '../types.ts';
import { resolveDebug } from './debug.ts';
import { type ElementsContext, resolveElements } from './elements.ts';
import { type Ceilings, resolveLimits } from './limits.ts';
import { checkResources } from './resources.ts';

const imageReference = /^[a-z0-9]+(?:[._:/@-]+[A-Za-z0-9]+)*$/;
/** Longest run that the Broker waits for, with time left to upload: seconds. */
const longestServiceRun = 540;

export function resolvePipeline(
  spec: SpecFields,
  context: ElementsContext & { ceilings: Ceilings },
  findings: Findings,
): ResolvedTransform['pipeline'] {
  const pipeline: PipelineFields = spec.pipeline ?? {};
  const elements: Element[] = resolveElements(pipeline, context, findings);
  const limits = resolveLimits(spec, context.ceilings, findings);
  if (spec.execution !== 'job' && limits.timeout > longestServiceRun) {
    findings.warning(
      'timeout-needs-job',
      ['spec', 'pipeline', 'limits', 'timeout'],
      `the Broker waits ${longestServiceRun / 60} minutes for a Service, upload included: for longer runs set \`execution: job\``,
    );
  }
  const { image, resources } = pipeline;
  if (image !== undefined && !imageReference.test(image))
    findings.error('not-allowed', ['spec', 'pipeline', 'image'], `\`${image}\` is no reference of an image`);
  checkResources(resources, findings);
  const debug = resolveDebug(pipeline.debug, findings);
  return {
    elements,
    onMissingStream: pipeline.onMissingStream ?? 'skip',
    limits,
    ...(debug && { debug }),
    ...(image !== undefined && { image }),
    ...(resources !== undefined && { resources }),
  };
}
