/** Resources of a run, as far as an API server refuses them only when the pod is made, long after the Transform was taken. */
import type { Findings } from '../../finding.ts';
import { meant } from '../../nearest.ts';
import { parseQuantity } from '../quantity.ts';
import type { PipelineFields } from '../schema/pipeline.ts';

const common = ['cpu', 'memory', 'ephemeral-storage'];
/** Of an extended resource, such as `nvidia.com/gpu`, or of huge pages. */
const further = /^(?:[\w.-]+\/[\w.-]+|hugepages-\w+)$/;

export function checkResources(resources: PipelineFields['resources'], findings: Findings): void {
  const { limits = {}, requests = {} } = resources ?? {};
  for (const [part, amounts] of Object.entries({ limits, requests })) {
    for (const [name, written] of Object.entries(amounts)) {
      const path = ['spec', 'pipeline', 'resources', part, name];
      const amount = parseQuantity(written);
      if (!common.includes(name) && !further.test(name))
        findings.error('unknown-resource', path, `no resource \`${name}\`: there are ${common.join(', ')}${meant(name, common)}`);
      else if (amount === undefined || amount < 0) findings.error('not-allowed', path, `\`${written}\` is no amount of ${name}`);
      else if (name !== 'cpu' && amount > 0 && amount < 1)
        findings.error('out-of-range', path, `\`${written}\` of ${name} is a part of a byte: write Mi for mebibytes`);
    }
  }
  for (const [name, wanted] of Object.entries(requests)) {
    const most = Object.hasOwn(limits, name) ? parseQuantity(limits[name] as string) : undefined;
    if (most === undefined || !((parseQuantity(wanted) ?? 0) > most)) continue;
    const path = ['spec', 'pipeline', 'resources', 'requests', name];
    findings.error('over-limit', path, `\`${wanted}\` is over the limit, \`${limits[name]}\`: a request is at most that`);
  }
}
