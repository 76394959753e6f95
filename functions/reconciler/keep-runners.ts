/** Makes the runners that are asked for, and removes them once nobody has asked for a while. */
import type { Logger } from 'pino';
import { type KubeClient, type KubeObject, type Resource, resources } from '../../lib/kubernetes/index.ts';
import {
  hashAnnotation,
  runnerLabel,
  runnerName,
  runnerService,
  runnerTrigger,
  transcodeName,
  unusedAnnotation,
  type WantedRunner,
} from './runners.ts';

export interface RunnerDeps {
  client: KubeClient;
  /** Where transcode and the runners are. */
  namespace: string;
  /** How long a runner stays that nobody asks for, in milliseconds. */
  keep: number;
  log: Logger;
  now: () => Date;
}

type Make = (base: KubeObject & { spec: unknown }, wanted: WantedRunner) => KubeObject;

/** In this order: a Trigger whose Service is not there yet is not ready, and its events wait. */
const parts: ReadonlyArray<{ resource: Resource; make: Make }> = [
  { resource: resources.services, make: runnerService },
  { resource: resources.triggers, make: runnerTrigger },
];

/** @throws Fault KUBERNETES_FAILED */
export async function keepRunners(deps: RunnerDeps, wanted: readonly WantedRunner[]): Promise<void> {
  for (const { resource, make } of parts) await keepPart(deps, resource, make, wanted);
}

async function keepPart(
  { client, namespace, keep, log, now }: RunnerDeps,
  resource: Resource,
  make: Make,
  wanted: readonly WantedRunner[],
): Promise<void> {
  const present = new Map(
    (await client.list(resource, { namespace, labelSelector: runnerLabel })).map((object) => [object.metadata.name, object]),
  );
  if (wanted.length > 0) {
    const base = await client.get<KubeObject & { spec: unknown }>(resource, namespace, transcodeName);
    if (!base) log.error({ kind: resource.kind, name: transcodeName }, 'there is nothing to make runners from');
    for (const one of base ? wanted : [])
      await keepOne(make(base as KubeObject & { spec: unknown }, one), present.get(runnerName(one.runner)));
  }
  const names = new Set(wanted.map(({ runner }) => runnerName(runner)));
  for (const object of present.values()) if (!names.has(object.metadata.name)) await retire(object);

  async function keepOne(object: KubeObject, found: KubeObject | undefined): Promise<void> {
    const { name, annotations } = object.metadata;
    if (!found) {
      if (await client.create(resource, object)) log.info({ kind: resource.kind, name }, 'runner made');
      return;
    }
    const same = found.metadata.annotations?.[hashAnnotation] === annotations?.[hashAnnotation];
    if (same && found.metadata.annotations?.[unusedAnnotation] === undefined) return;
    const patch = { ...object, metadata: { ...object.metadata, annotations: { ...annotations, [unusedAnnotation]: null } } };
    if (await client.patch(resource, namespace, name, patch)) log.info({ kind: resource.kind, name }, 'runner changed');
  }

  async function retire({ metadata: { name, annotations } }: KubeObject): Promise<void> {
    const since = annotations?.[unusedAnnotation];
    if (since === undefined && keep > 0) {
      await client.patch(resource, namespace, name, { metadata: { annotations: { [unusedAnnotation]: now().toISOString() } } });
      return;
    }
    if (since !== undefined && now().getTime() - Date.parse(since) < keep) return;
    if (await client.remove(resource, namespace, name)) log.info({ kind: resource.kind, name }, 'runner removed');
  }
}
