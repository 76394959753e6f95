/** What decides the output of a Transform, in one canonical text: part of the job's name. */
import canonicalize from 'canonicalize';
import type { ResolvedTransform } from '../types.ts';

/** RFC 8785 JSON of source, sinks and pipeline, without limits, resources, debug, suspend and execution. */
export function workOf({ source, sinks, pipeline }: Pick<ResolvedTransform, 'source' | 'sinks' | 'pipeline'>): string {
  const { elements, onMissingStream, image } = pipeline;
  const text = canonicalize(JSON.parse(JSON.stringify({ source, sinks, pipeline: { elements, onMissingStream, image } }))) ?? '';
  // it comes as a tree of all its pieces, which takes five times the memory of the text itself, for as long as the Transform is known
  return JSON.parse(JSON.stringify(text));
}
