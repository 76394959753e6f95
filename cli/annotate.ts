/** `backfill`, `retry` and `cancel`: an annotation that the reconciler acts on, as `kubectl annotate` would set it. */
import type { KubeConfig } from '@kubernetes/client-node';
import { backfillAnnotation, retryAnnotation } from '../functions/reconciler/annotations.ts';
import { cancelAnnotation } from '../lib/jobs/cancel.ts';
import { createKubeClient, type KubeClient, type KubeObject, type Resource, resources } from '../lib/kubernetes/index.ts';
import { pathCause, UsageError } from './exit.ts';

export interface AnnotateOptions {
  /** That of the current context where it is not given. */
  namespace?: string;
  json?: boolean;
}

interface Wish {
  /** Kinds in which the name is looked for, in this order. */
  kinds: readonly Resource[];
  annotation: string;
  /** One that goes. */
  instead?: string;
  /** What happens now. */
  told: string;
}

const wishes = {
  backfill: {
    kinds: [resources.transforms, resources.splitTransforms],
    annotation: backfillAnnotation,
    told: 'every matching object that has no output will be asked for',
  },
  retry: {
    kinds: [resources.jobs],
    annotation: retryAnnotation,
    instead: cancelAnnotation,
    told: 'it will be asked for by the next sweep',
  },
  cancel: { kinds: [resources.jobs], annotation: cancelAnnotation, told: 'it stops within seconds, or when its turn comes' },
} satisfies Record<string, Wish>;

export type LoadConfig = (config: KubeConfig) => void;

/** What the library takes where there is neither KUBECONFIG, nor a file of it, nor a pod around it. */
const guessedCluster = 'http://localhost:8080';

const configuration = () => process.env.KUBECONFIG || '~/.kube/config';

const loadDefault: LoadConfig = (config) => {
  try {
    config.loadFromDefault();
  } catch (error) {
    if (pathCause(error) !== undefined) throw error; // it names the file
    throw new UsageError(`${configuration()} is no configuration of kubectl: ${(error as Error).message.split('\n')[0]}`);
  }
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new UsageError(`${configuration()} names no cluster for its current context`);
  if (server !== guessedCluster) return;
  throw new UsageError('no cluster is known here: set KUBECONFIG, or name the folder of gst-functions dev by --data');
};

/** @throws UsageError where there is no such resource; Fault KUBERNETES_FAILED */
export async function annotate(
  what: keyof typeof wishes,
  name: string,
  options: AnnotateOptions = {},
  load = loadDefault,
): Promise<void> {
  const { kinds, annotation, instead, told }: Wish = wishes[what];
  const { client, kind, namespace } = await findResource(kinds, name, options, load);
  // a time, so that asking again is a change that wakes the reconciler
  const annotations = { [annotation]: new Date().toISOString(), ...(instead && { [instead]: null }) };
  await client.patch(kind, namespace, name, { metadata: { annotations } });
  const result = { kind: kind.kind, namespace, name, annotation };
  process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : `${kind.kind} ${namespace}/${name}: ${told}\n`);
}

/** What a person means who gives a name and perhaps a namespace. */
export interface FoundResource {
  client: KubeClient;
  kind: Resource;
  namespace: string;
  object: KubeObject;
}

/** @throws UsageError where it is in none of the kinds; Fault KUBERNETES_FAILED */
export async function findResource(
  kinds: readonly Resource[],
  name: string,
  options: AnnotateOptions,
  load = loadDefault,
): Promise<FoundResource> {
  let current: string | undefined;
  const client = await createKubeClient((config) => {
    load(config);
    current = config.getContextObject(config.getCurrentContext())?.namespace;
  });
  const namespace = options.namespace ?? current ?? 'default';
  for (const kind of kinds) {
    const object = await client.get<KubeObject>(kind, namespace, name);
    if (object) return { client, kind, namespace, object };
  }
  const sought = kinds.map(({ kind }) => kind).join(' or ');
  throw new UsageError(`there is no ${sought} ${JSON.stringify(name)} in namespace ${namespace} (--namespace names another)`);
}
