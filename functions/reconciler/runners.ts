/**
 * Runners: where Transforms with an image or resources of their own run. Each is the transcode of the installation once
 * more, as a Service or a JobSink, with another image or other resources, and a Trigger that sends it what is meant for it.
 */
import { createHash } from 'node:crypto';
import type { KubeObject } from '../../lib/kubernetes/index.ts';
import { parseQuantity } from '../../lib/transform/quantity.ts';
import type { ResolvedTransform } from '../../lib/transform/types.ts';

export type Execution = ResolvedTransform['execution'];

/** Names of what every runner is made from: a Service or a JobSink, and its Trigger. */
export const baseName = { service: 'transcode', job: 'transcode-job' } as const satisfies Record<Execution, string>;

export const defaultRunner = 'default';

/** By this label runners are found. */
export const runnerLabel = 'pipelines.gst.io/runner';

/** What was asked for when the object was written: compared with what is wanted, for the API server adds defaults. */
export const hashAnnotation = 'pipelines.gst.io/template-hash';

/** Since when no Transform asks for the runner. */
export const unusedAnnotation = 'pipelines.gst.io/unused-since';

export interface WantedRunner {
  runner: string;
  execution: Execution;
  image?: string;
  resources?: unknown;
}

export function wantedRunners(transforms: readonly ResolvedTransform[]): WantedRunner[] {
  const wanted = new Map<string, WantedRunner>();
  for (const { runner, execution, pipeline } of transforms) {
    if (runner === defaultRunner) continue;
    const one = { runner, execution, image: pipeline.image, resources: pipeline.resources };
    wanted.set(runnerName(one), one);
  }
  return [...wanted.values()].sort((a, b) => (runnerName(a) < runnerName(b) ? -1 : 1));
}

export function runnerName({ runner, execution }: Pick<WantedRunner, 'runner' | 'execution'>): string {
  return `${baseName[execution]}-${runner}`;
}

// biome-ignore lint/suspicious/noExplicitAny: manifests as the API server has them
export type Manifest = KubeObject & { spec: any };

/** Requests and limits that the runner names; what it does not name stays as it is, scratch space for one. */
function mergedResources(own: unknown, wanted: unknown): unknown {
  const all = own as Record<string, Record<string, string>> | undefined;
  const asked = (wanted ?? {}) as Record<string, Record<string, string>>;
  const requests = { ...all?.requests, ...asked.requests };
  const limits = { ...all?.limits, ...asked.limits };
  return {
    requests: Object.fromEntries(Object.entries(requests).filter(([name]) => fits(name, requests, limits, asked))),
    limits,
  };
}

/** A request of ours that is over a limit of the runner's would be refused: the runner's limit then stands for both. */
function fits(
  name: string,
  requests: Record<string, string>,
  limits: Record<string, string>,
  asked: Record<string, Record<string, string>>,
): boolean {
  if (asked.requests?.[name] !== undefined || asked.limits?.[name] === undefined) return true;
  const [request, limit] = [requests[name], limits[name]].map((quantity) => parseQuantity(quantity ?? ''));
  return request !== undefined && limit !== undefined && request <= limit;
}

/** Those of one group: Knative's own, which it would refuse from anyone else, stay where they are. */
function ofGroup(group: string, annotations: Record<string, string> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations ?? {}).filter(([name]) => name.startsWith(`${group}/`)));
}

export function runnerService(transcode: Manifest, wanted: WantedRunner): Manifest {
  const { metadata, spec } = transcode.spec.template;
  return named(transcode, wanted, {
    template: {
      metadata: {
        labels: { ...metadata?.labels, [runnerLabel]: wanted.runner },
        annotations: ofGroup('autoscaling.knative.dev', metadata?.annotations),
      },
      spec: ownPod(spec, wanted),
    },
  });
}

export function runnerJobSink(transcode: Manifest, wanted: WantedRunner): Manifest {
  const { job } = transcode.spec;
  const { metadata, spec } = job.spec.template;
  const labels = { ...metadata?.labels, [runnerLabel]: wanted.runner };
  return named(transcode, wanted, {
    job: { ...job, spec: { ...job.spec, template: { ...job.spec.template, metadata: { labels }, spec: ownPod(spec, wanted) } } },
  });
}

export function runnerTrigger(transcode: Manifest, wanted: WantedRunner): Manifest {
  const { broker, filters, subscriber, delivery } = transcode.spec;
  const { runner } = wanted;
  // the order of delivery, which holds back what no pod has time for
  const annotations = ofGroup('kafka.eventing.knative.dev', transcode.metadata.annotations);
  const spec = {
    broker,
    filters: filters.map((filter: { exact?: { runner?: string } }) =>
      filter.exact?.runner === undefined ? filter : { ...filter, exact: { ...filter.exact, runner } },
    ),
    subscriber: { ...subscriber, ref: { ...subscriber.ref, name: runnerName(wanted) } },
    delivery,
  };
  return named(transcode, wanted, spec, annotations);
}

function ownPod(pod: Manifest['spec'], { image, resources }: WantedRunner): Manifest['spec'] {
  const [container, ...others] = pod.containers;
  const own = {
    ...container,
    ...(image === undefined ? {} : { image }),
    resources: mergedResources(container.resources, resources),
  };
  return { ...pod, containers: [own, ...others] };
}

function named(
  { metadata }: Manifest,
  wanted: WantedRunner,
  spec: Manifest['spec'],
  annotations: Record<string, string> = {},
): Manifest {
  const labels = { ...metadata.labels, [runnerLabel]: wanted.runner };
  return hashed({ metadata: { name: runnerName(wanted), namespace: metadata.namespace, labels, annotations }, spec });
}

function hashed(manifest: Manifest): Manifest {
  const hash = createHash('sha256').update(JSON.stringify(manifest)).digest('hex').slice(0, 16);
  const annotations = { ...manifest.metadata.annotations, [hashAnnotation]: hash };
  return { ...manifest, metadata: { ...manifest.metadata, annotations } };
}
