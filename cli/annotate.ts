/** `backfill` and `retry`: an annotation that the reconciler acts on, as `kubectl annotate` would set it. */
import type { KubeConfig } from '@kubernetes/client-node';
import { backfillAnnotation, retryAnnotation } from '../functions/reconciler/annotations.ts';
import { createKubeClient, type KubeObject, type Resource, resources } from '../lib/kubernetes/index.ts';
import { UsageError } from './exit.ts';

export interface AnnotateOptions {
  /** That of the current context where it is not given. */
  namespace?: string;
  json?: boolean;
}

interface Wish {
  /** Kinds in which the name is looked for, in this order. */
  kinds: readonly Resource[];
  annotation: string;
  /** What happens now. */
  told: string;
}

const wishes = {
  backfill: {
    kinds: [resources.transforms, resources.splitTransforms],
    annotation: backfillAnnotation,
    told: 'every matching object that has no output will be asked for',
  },
  retry: { kinds: [resources.jobs], annotation: retryAnnotation, told: 'it will be asked for by the next sweep' },
} satisfies Record<string, Wish>;

/** @throws UsageError where there is no such resource; Fault KUBERNETES_FAILED */
export async function annotate(
  what: keyof typeof wishes,
  name: string,
  options: AnnotateOptions = {},
  load: (config: KubeConfig) => void = (config) => config.loadFromDefault(),
): Promise<void> {
  const { kinds, annotation, told } = wishes[what];
  let current: string | undefined;
  const client = await createKubeClient((config) => {
    load(config);
    current = config.getContextObject(config.getCurrentContext())?.namespace;
  });
  const namespace = options.namespace ?? current ?? 'default';
  for (const kind of kinds) {
    if (!(await client.get<KubeObject>(kind, namespace, name))) continue;
    // a time, so that asking again is a change that wakes the reconciler
    await client.patch(kind, namespace, name, { metadata: { annotations: { [annotation]: new Date().toISOString() } } });
    const result = { kind: kind.kind, namespace, name, annotation };
    process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : `${kind.kind} ${namespace}/${name}: ${told}\n`);
    return;
  }
  const sought = kinds.map(({ kind }) => kind).join(' or ');
  throw new UsageError(`there is no ${sought} ${JSON.stringify(name)} in namespace ${namespace} (--namespace names another)`);
}
