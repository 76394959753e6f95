/** Job records as resources. Every write names the version that it was made from, so several writers do not undo each other. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type KubeClient, kubernetesFault, resources } from '../kubernetes/index.ts';
import { mergePatch } from './merge-patch.ts';
import type { JobRecord } from './record.ts';
import { type JobStore, select } from './store.ts';

/** How often a change is made anew because someone else was first. */
const mostTries = 16;
/** Longest wait before that, in milliseconds. */
const longestPause = 100;

export function createKubernetesJobStore(client: Pick<KubeClient, 'list' | 'get' | 'create' | 'patch' | 'remove'>): JobStore {
  const kind = resources.jobs;
  return {
    get: (namespace, name) => client.get<JobRecord>(kind, namespace, name),
    async list({ namespace, labels = {}, limit } = {}) {
      const labelSelector = Object.entries(labels)
        .map(([name, value]) => `${name}=${value}`)
        .join(',');
      return select(await client.list<JobRecord>(kind, { namespace, labelSelector: labelSelector || undefined }), { limit });
    },
    create: (job) => make(client, job),
    async update(namespace, name, change) {
      let first: { job: JobRecord | undefined } | undefined;
      for (let tries = 0; tries < mostTries; tries++) {
        const job = await client.get<JobRecord>(kind, namespace, name);
        first ??= { job };
        const next = change(job);
        if (next === undefined || next === job || (await write(client, job, next))) return { before: first.job, after: next };
        if (tries > 1) await sleep(Math.random() * longestPause);
      }
      throw kubernetesFault(`change jobs ${namespace}/${name}`, new Error(`it was changed ${mostTries} times meanwhile`));
    },
    remove: (namespace, name) => client.remove(kind, namespace, name),
  };
}

/** One step of a change: true when there is no other left. Spec and status are written by requests of their own. */
async function write(
  client: Pick<KubeClient, 'create' | 'patch'>,
  job: JobRecord | undefined,
  next: JobRecord,
): Promise<boolean> {
  const { namespace, name } = next.metadata;
  if (job === undefined) {
    await make(client, next);
    return false;
  }
  const { resourceVersion } = job.metadata;
  const { status = {}, ...rest } = next;
  const main = mergePatch({ spec: job.spec, labels: job.metadata.labels }, { spec: rest.spec, labels: rest.metadata.labels });
  if (main !== undefined) {
    const { spec, labels } = main;
    const metadata = { resourceVersion, ...(labels === undefined ? {} : { labels }) };
    await client.patch(resources.jobs, namespace, name, { metadata, ...(spec === undefined ? {} : { spec }) });
    return false;
  }
  const patch = mergePatch({ ...job.status }, { ...status });
  if (patch === undefined) return true;
  const body = { metadata: { resourceVersion }, status: patch };
  return client.patch(resources.jobs, namespace, name, body, { status: true });
}

/** Without status: the API server takes none here, and puts the one of new records, which the CRD holds. */
function make(client: Pick<KubeClient, 'create'>, { status: _, ...job }: JobRecord): Promise<boolean> {
  return client.create(resources.jobs, job);
}
