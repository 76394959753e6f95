/** `backfill --dry-run` in a cluster: the reconciler looks, for it reaches the storage, and writes on the Transform what it found. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type BackfillFound, backfillAnnotation, foundAnnotation, isDryRun } from '../functions/reconciler/annotations.ts';
import { type KubeObject, resources } from '../lib/kubernetes/index.ts';
import { type AnnotateOptions, findResource, type LoadConfig } from './annotate.ts';
import { UsageError } from './exit.ts';

/** How long the reconciler may take, its start from no pod included. */
const patience = 120_000; // ms
const pause = 500; // ms between two looks

/** @throws UsageError where there is no such Transform, or a backfill is going on; Fault KUBERNETES_FAILED */
export async function backfillDryRun(name: string, options: AnnotateOptions, load?: LoadConfig): Promise<void> {
  const kinds = [resources.transforms, resources.splitTransforms];
  const { client, kind, namespace, object } = await findResource(kinds, name, options, load);
  const before = object.metadata.annotations?.[backfillAnnotation];
  if (before !== undefined && !isDryRun(before)) throw new UsageError(`a backfill of ${namespace}/${name} is going on`);
  // a time, so that asking again is a change that wakes the reconciler
  const annotations = { [backfillAnnotation]: `dry-run ${new Date().toISOString()}`, [foundAnnotation]: null };
  await client.patch(kind, namespace, name, { metadata: { annotations } });
  const deadline = performance.now() + patience;
  while (performance.now() < deadline) {
    await sleep(pause);
    const found = (await client.get<KubeObject>(kind, namespace, name))?.metadata.annotations?.[foundAnnotation];
    if (found !== undefined) return print(JSON.parse(found), { namespace, name, json: options.json });
  }
  throw new Error(`no answer of the reconciler after ${patience / 1000} s: its log tells why, and it goes on trying`);
}

function print(found: BackfillFound, { json, ...about }: { namespace: string; name: string; json?: boolean }): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ ...about, dryRun: true, ...found })}\n`);
    return;
  }
  const { objects, more, keys } = found;
  for (const key of keys) process.stdout.write(`would ask for ${key}\n`);
  if (objects > keys.length) process.stdout.write(`and for ${objects - keys.length} after it\n`);
  const count = `${objects} ${objects === 1 ? 'object' : 'objects'} without output`;
  process.stdout.write(more ? `${count} in the first round, and there is more behind them\n` : `${count}\n`);
}
