/** What is checked again before anything runs: the keys, the endpoints and the pipeline, with this image's own catalogue. */
import { Fault } from '../../lib/errors.ts';
import type { Requested } from '../../lib/events/types.ts';
import { type Catalogue, graphFromElements, lintGraph } from '../../lib/graph/index.ts';
import type { Graph } from '../../lib/graph/model.ts';
import { checkOutputKeys } from '../../lib/transform/index.ts';
import type { Finding } from '../../lib/finding.ts';
import { isDirectory } from './outputs.ts';

export interface AdmitOptions {
  /** Read when the first request comes. */
  catalogue: () => Catalogue;
  /** Storage addresses that may be named; empty: any. */
  allowedEndpoints: readonly string[];
}

/**
 * @throws Fault OUTPUT_KEY_INVALID, ENDPOINT_REFUSED, TRANSFORM_INVALID, PIPELINE_REFUSED
 */
export function createAdmit({ catalogue, allowedEndpoints }: AdmitOptions): (request: Requested) => Graph {
  return (request) => {
    for (const { endpoint } of [request.source, ...request.sinks]) {
      if (allowedEndpoints.length > 0 && !allowedEndpoints.includes(endpoint.address)) {
        throw new Fault('ENDPOINT_REFUSED', { address: endpoint.address });
      }
    }
    checkOutputKeys(request.sinks, request.source);
    const directorySinks = request.sinks.filter(isDirectory).map(({ name }) => name);
    const sinks = request.sinks.map(({ name }) => name);
    const { graph, findings } = graphFromElements(request.pipeline.elements, { sinks, directorySinks, catalogue: catalogue() });
    refuse('TRANSFORM_INVALID', findings);
    refuse('PIPELINE_REFUSED', lintGraph(graph, catalogue(), { directorySinks }));
    return graph;
  };
}

function refuse(code: 'TRANSFORM_INVALID' | 'PIPELINE_REFUSED', findings: Finding[]): void {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Fault(code, { cause: errors.map(({ path, message }) => `${path}: ${message}`).join('; ') });
}
