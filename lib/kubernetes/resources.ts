/** The kinds of objects that are read or written, and the little that is known of every object. */

/** A kind as the API server addresses it. */
export interface Resource {
  group: string;
  version: string;
  plural: string;
  kind: string;
}

export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    uid?: string;
    generation?: number;
    resourceVersion?: string;
    creationTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: Array<Record<string, unknown>>;
  };
  spec?: unknown;
  status?: unknown;
}

const pipelines = { group: 'pipelines.gst.io', version: 'v1' };

export const resources = {
  transforms: { ...pipelines, plural: 'transforms', kind: 'Transform' },
  splitTransforms: { ...pipelines, plural: 'splittransforms', kind: 'SplitTransform' },
  jobs: { ...pipelines, plural: 'jobs', kind: 'Job' },
  services: { group: 'serving.knative.dev', version: 'v1', plural: 'services', kind: 'Service' },
  triggers: { group: 'eventing.knative.dev', version: 'v1', plural: 'triggers', kind: 'Trigger' },
  jobSinks: { group: 'sinks.knative.dev', version: 'v1alpha1', plural: 'jobsinks', kind: 'JobSink' },
  batchJobs: { group: 'batch', version: 'v1', plural: 'jobs', kind: 'Job' },
} as const satisfies Record<string, Resource>;

export const apiVersion = ({ group, version }: Resource): string => `${group}/${version}`;
