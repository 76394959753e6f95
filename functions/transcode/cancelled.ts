/** Whether somebody wants a job stopped: its record tells. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { cancelAnnotation, fileCancellations } from '../../lib/jobs/cancel.ts';
import type { JobRecord } from '../../lib/jobs/record.ts';
import { type KubeClient, resources } from '../../lib/kubernetes/index.ts';

export type IsCancelled = (namespace: string, job: string) => Promise<boolean>;

/** Undefined where there are no records to look at. The Kubernetes client is loaded when the first one is. */
export function cancelledFrom(jobsDir: string | undefined, env: NodeJS.ProcessEnv): IsCancelled | undefined {
  if (jobsDir !== undefined) return fileCancellations(jobsDir).has;
  if (!env.KUBERNETES_SERVICE_HOST && !env.KUBECONFIG) return undefined;
  let client: Promise<KubeClient> | undefined;
  return async (namespace, job) => {
    client ??= import('../../lib/kubernetes/index.ts').then(({ createKubeClient }) => createKubeClient());
    const { get } = await client.catch((error: unknown) => {
      client = undefined; // the next look tries again
      throw error;
    });
    const record = await get<JobRecord>(resources.jobs, namespace, job);
    return record?.metadata.annotations?.[cancelAnnotation] !== undefined;
  };
}

export interface CancelWatch {
  isCancelled: IsCancelled;
  /** Between two looks, in milliseconds. */
  interval: number;
}

/** How long a run waits for the first look, in milliseconds. */
const longestFirstLook = 2_000;

/**
 * Looks at once and then again and again until `signal`; calls when the job is cancelled. A look that fails costs nothing.
 *
 * @returns when the first look is done: a job that was cancelled before its turn must not begin
 */
export async function watchCancelled(
  { isCancelled, interval }: CancelWatch,
  { namespace, job }: { namespace: string; job: string },
  { signal, log, onCancelled }: { signal: AbortSignal; log: Logger; onCancelled: () => void },
): Promise<void> {
  const look = async () => {
    const found = await isCancelled(namespace, job).catch((error: unknown) => {
      log.debug({ err: error }, 'whether it is cancelled is not known');
      return false;
    });
    if (found && !signal.aborted) onCancelled();
    return found;
  };
  const watch = async () => {
    do await sleep(interval, undefined, { signal }).catch(() => {});
    while (!signal.aborted && !(await look()));
  };
  const first = look().then((found) => {
    if (!found && !signal.aborted) void watch();
  });
  const enough = new AbortController();
  await Promise.race([first, sleep(longestFirstLook, undefined, { signal: enough.signal }).catch(() => {})]);
  enough.abort();
}
