/** What decides the output of a Transform, in one canonical text: part of the job's name. */
import canonicalize from 'canonicalize';
import type { ResolvedTransform } from '../types.ts';

/** RFC 8785 JSON of source, sinks and pipeline, without limits, resources, debug, suspend and execution. */
export function workOf({ source, sinks, pipeline }: Pick<ResolvedTransform, 'source' | 'sinks' | 'pipeline'>): string {
  const { elements, onMissingStream, image } = pipeline;
  return canonicalize(JSON.parse(JSON.stringify({ source, sinks, pipeline: { elements, onMissingStream, image } }))) ?? '';
}
