/** What is checked again before anything runs: the keys, the endpoints and the pipeline, with this image's own catalogue. */
import { Fault } from '../../lib/errors.ts';
import type { Limits, Requested } from '../../lib/events/types.ts';
import { collectFindings } from '../../lib/finding.ts';
import { type Catalogue, type Graph, graphFromElements, lintGraph } from '../../lib/graph/index.ts';
import { checkOutputKeys } from '../../lib/transform/index.ts';
import { isDirectory } from './outputs.ts';

export interface AdmitOptions {
  /** Of the GStreamer that is installed here. */
  catalogue: Catalogue;
  /** Storage addresses that may be named; empty: any. */
  allowedEndpoints: readonly string[];
  /** The most that a request may ask for, whatever it says. */
  ceilings: Pick<Limits, 'timeout' | 'inputBytes' | 'outputBytes'>;
}

/** What a request may do. */
export interface Admitted {
  limits: Limits;
  /** Reads and checks the graph: in a new process longer than storage takes to answer. @throws Fault TRANSFORM_INVALID, PIPELINE_REFUSED */
  graph(): Graph;
}

/** @throws Fault OUTPUT_KEY_INVALID, ENDPOINT_REFUSED */
export function createAdmit({ catalogue, allowedEndpoints, ceilings }: AdmitOptions): (request: Requested) => Admitted {
  return (request) => {
    for (const { endpoint } of [request.source, ...request.sinks]) {
      if (allowedEndpoints.length > 0 && !allowedEndpoints.includes(endpoint.address)) {
        throw new Fault('ENDPOINT_REFUSED', { address: endpoint.address });
      }
    }
    checkOutputKeys(request.sinks, request.source);
    return { graph: () => checkedGraph(request, catalogue), limits: atMost(request.pipeline.limits, ceilings) };
  };
}

function checkedGraph({ pipeline, sinks }: Requested, catalogue: Catalogue): Graph {
  const outlets = sinks.map((sink) => ({ name: sink.name, directory: isDirectory(sink) }));
  const findings = collectFindings(() => undefined);
  const graph = graphFromElements(pipeline.elements, { outlets, catalogue }, findings);
  lintGraph(graph, catalogue, { outlets }, findings);
  const errors = findings.all.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return graph;
  const refused = errors.some(({ rule }) => rule.startsWith('refused-'));
  const cause = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new Fault(refused ? 'PIPELINE_REFUSED' : 'TRANSFORM_INVALID', { cause });
}

function atMost(limits: Limits, { timeout, inputBytes, outputBytes }: AdmitOptions['ceilings']): Limits {
  return {
    ...limits,
    timeout: Math.min(limits.timeout, timeout),
    inputBytes: Math.min(limits.inputBytes, inputBytes),
    outputBytes: Math.min(limits.outputBytes, outputBytes),
  };
}
