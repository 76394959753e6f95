/** A Transform after parsing, defaults and globals: what the dispatcher matches and builds requests from. */
import type { Debug, Endpoint, Limits, TransformRef } from '../events/types.ts';
import type { Element } from '../graph/model.ts';

export interface ResolvedSink {
  /** `out`, or the name before `-out` in `linkto`. */
  name: string;
  endpoint: Endpoint;
  bucket: string;
  /** Go template of the key; one that ends in `/` takes a directory of files. */
  keyTemplate: string;
  contentType?: string;
  metadata?: Record<string, string>;
  cacheControl?: string;
  overwrite: boolean;
}

export interface ResolvedTransform {
  ref: TransformRef;
  source: { endpoint: Endpoint; bucket: string; prefix: string; include?: string; exclude?: string };
  sinks: ResolvedSink[];
  pipeline: {
    elements: Element[];
    onMissingStream: 'skip' | 'fail';
    limits: Limits;
    debug?: Debug;
    image?: string;
    /** Kubernetes resource requests and limits, as written. */
    resources?: unknown;
  };
  execution: 'service' | 'job';
  suspend: boolean;
  /** Value of the `runner` extension: `default`, or that of the (image, resources) it asks for. */
  runner: string;
  /** Canonical JSON of what decides the output: part of the job id. */
  work: string;
}
