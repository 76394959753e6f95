/** What is checked again before anything runs: the keys, the endpoints and the pipeline, with this image's own catalogue. */
import { Fault } from '../../lib/errors.ts';
import type { Limits, Requested } from '../../lib/events/types.ts';
import { collectFindings, type Finding } from '../../lib/finding.ts';
import type { Graph } from '../../lib/graph/model.ts';
import { checkOutputKeys } from '../../lib/transform/index.ts';
import { graphFromElements, lintGraph, loadCatalogue } from './graph.ts';
import { isDirectory } from './outputs.ts';

export interface AdmitOptions {
  /** Storage addresses that may be named; empty: any. */
  allowedEndpoints: readonly string[];
  /** The most that a request may ask for, whatever it says. */
  ceilings: Pick<Limits, 'timeout' | 'inputBytes' | 'outputBytes'>;
}

/** What a request may do. */
export interface Admitted {
  graph: Graph;
  limits: Limits;
}

/**
 * @throws Fault OUTPUT_KEY_INVALID, ENDPOINT_REFUSED, TRANSFORM_INVALID, PIPELINE_REFUSED
 */
export function createAdmit({ allowedEndpoints, ceilings }: AdmitOptions): (request: Requested) => Admitted {
  return (request) => {
    for (const { endpoint } of [request.source, ...request.sinks]) {
      if (allowedEndpoints.length > 0 && !allowedEndpoints.includes(endpoint.address)) {
        throw new Fault('ENDPOINT_REFUSED', { address: endpoint.address });
      }
    }
    checkOutputKeys(request.sinks, request.source);
    const { elements, limits } = request.pipeline;
    return { graph: checkedGraph(elements, request), limits: atMost(limits, ceilings) };
  };
}

function checkedGraph(elements: Requested['pipeline']['elements'], request: Requested): Graph {
  const outlets = request.sinks.map((sink) => ({ name: sink.name, directory: isDirectory(sink) }));
  const catalogue = loadCatalogue();
  const findings = collectFindings(() => undefined);
  const graph = graphFromElements(elements, { outlets, catalogue }, findings);
  refuse('TRANSFORM_INVALID', findings.all);
  lintGraph(graph, catalogue, { outlets }, findings);
  refuse('PIPELINE_REFUSED', findings.all);
  return graph;
}

function atMost(limits: Limits, { timeout, inputBytes, outputBytes }: AdmitOptions['ceilings']): Limits {
  return {
    ...limits,
    timeout: Math.min(limits.timeout, timeout),
    inputBytes: Math.min(limits.inputBytes, inputBytes),
    outputBytes: Math.min(limits.outputBytes, outputBytes),
  };
}

function refuse(code: 'TRANSFORM_INVALID' | 'PIPELINE_REFUSED', findings: Finding[]): void {
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Fault(code, { cause: errors.map(({ path, message }) => `${path}: ${message}`).join('; ') });
}
