/** Whether every request for a Transform fits an event. */
import type { Findings } from '../../finding.ts';
import { longestKey } from '../key-fault.ts';
import type { ResolvedTransform } from '../types.ts';

/** Largest event, in bytes: CloudEvents promises that 64 KiB get through. */
const largestEvent = 60 * 1024;
/** What an event adds whatever the Transform: attributes, ids, a chain of 16 Transforms, the source's facts. */
const envelope = 4 * 1024;

/** With the longest keys that there can be. */
export function checkSize({ source, sinks, pipeline }: ResolvedTransform, findings: Findings): void {
  const { elements, debug } = pipeline;
  const bytes =
    Buffer.byteLength(JSON.stringify({ endpoint: source.endpoint, sinks, elements, debug })) +
    (1 + sinks.length) * longestKey +
    envelope;
  if (bytes > largestEvent) {
    findings.error(
      'too-large',
      ['spec'],
      `a request for this Transform may have ${bytes} bytes, and ${largestEvent} fit an event: shorten the pipeline, or move certificates into one place (globals)`,
    );
  }
}
