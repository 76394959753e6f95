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
      /** As it was before anything was written here. */
      let first: { job: JobRecord | undefined } | undefined;
      for (let tries = 0; tries < mostTries; tries++) {
        const job = await client.get<JobRecord>(kind, namespace, name);
        first ??= { job };
        const next = change(job);
        const done = next === undefined || next === job ? 'all' : await write(client, job, next);
        if (done === 'all') return { before: first.job, after: next };
        // what another writer made of it is not ours: a change that is found there already was not made here
        if (done === 'nothing') first = undefined;
        if (tries > 1) await sleep(Math.random() * longestPause);
      }
      throw kubernetesFault(`change jobs ${namespace}/${name}`, new Error(`it was changed ${mostTries} times meanwhile`));
    },
    remove: (namespace, name) => client.remove(kind, namespace, name),
  };
}

/**
 * One step of a change, for spec and status are written by requests of their own: whether it was the last, and whether
 * another writer was first.
 */
async function write(
  client: Pick<KubeClient, 'create' | 'patch'>,
  job: JobRecord | undefined,
  next: JobRecord,
): Promise<'all' | 'a part' | 'nothing'> {
  const { namespace, name } = next.metadata;
  if (job === undefined) return (await make(client, next)) ? 'a part' : 'nothing';
  const { resourceVersion } = job.metadata;
  const { status = {}, ...rest } = next;
  const main = mergePatch({ spec: job.spec, labels: job.metadata.labels }, { spec: rest.spec, labels: rest.metadata.labels });
  if (main !== undefined) {
    const { spec, labels } = main;
    const metadata = { resourceVersion, ...(labels === undefined ? {} : { labels }) };
    const body = { metadata, ...(spec === undefined ? {} : { spec }) };
    return (await client.patch(resources.jobs, namespace, name, body)) ? 'a part' : 'nothing';
  }
  const patch = mergePatch({ ...job.status }, { ...status });
  if (patch === undefined) return 'all';
  const body = { metadata: { resourceVersion }, status: patch };
  return (await client.patch(resources.jobs, namespace, name, body, { status: true })) ? 'all' : 'nothing';
}

/** Without status: the API server takes none here, and puts the one of new records, which the CRD holds. */
function make(client: Pick<KubeClient, 'create'>, { status: _, ...job }: JobRecord): Promise<boolean> {
  return client.create(resources.jobs, job);
}
