/** Makes the runners that are asked for, and removes them once nobody has asked for a while. */
import type { Logger } from 'pino';
import { type KubeClient, type KubeObject, type Resource, resources } from '../../lib/kubernetes/index.ts';
import {
  baseName,
  type Execution,
  hashAnnotation,
  type Manifest,
  runnerJobSink,
  runnerLabel,
  runnerName,
  runnerService,
  runnerTrigger,
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

interface Part {
  resource: Resource;
  /** For which executions a runner has it. */
  executions: readonly Execution[];
  make: (base: Manifest, wanted: WantedRunner) => Manifest;
}

/** In this order: a Trigger whose subscriber is not there yet is not ready, and its events wait. */
const parts: readonly Part[] = [
  { resource: resources.services, executions: ['service'], make: runnerService },
  { resource: resources.jobSinks, executions: ['job'], make: runnerJobSink },
  { resource: resources.triggers, executions: ['service', 'job'], make: runnerTrigger },
];

/**
 * What the API server refuses of one runner, such as an image that is none, keeps no other from being made or removed.
 *
 * @throws Fault KUBERNETES_FAILED, the first of them, when all has been tried
 */
export async function keepRunners(deps: RunnerDeps, wanted: readonly WantedRunner[]): Promise<void> {
  const failures: unknown[] = [];
  for (const part of parts) {
    const asked = wanted.filter(({ execution }) => part.executions.includes(execution));
    failures.push(...(await keepPart(deps, part, asked)));
  }
  if (failures.length > 0) throw failures[0];
}

async function keepPart(
  { client, namespace, keep, log, now }: RunnerDeps,
  { resource, executions, make }: Part,
  wanted: readonly WantedRunner[],
): Promise<unknown[]> {
  const failures: unknown[] = [];
  const attempt = async (name: string, work: Promise<void>) => {
    await work.catch((error: unknown) => {
      log.error({ err: error, kind: resource.kind, name }, 'runner not kept');
      failures.push(error);
    });
  };
  const present = new Map(
    (await client.list(resource, { namespace, labelSelector: runnerLabel })).map((object) => [object.metadata.name, object]),
  );
  for (const execution of executions) {
    const asked = wanted.filter((one) => one.execution === execution);
    if (asked.length === 0) continue;
    const base = await client.get<Manifest>(resource, namespace, baseName[execution]);
    if (!base) log.error({ kind: resource.kind, name: baseName[execution] }, 'there is nothing to make runners from');
    else for (const one of asked) await attempt(runnerName(one), keepOne(make(base, one), present.get(runnerName(one))));
  }
  const names = new Set(wanted.map(runnerName));
  for (const [name, object] of present) if (!names.has(name)) await attempt(name, retire(object));
  return failures;

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
