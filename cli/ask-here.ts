/** `retry`, `backfill` and `cancel` on one machine: what the reconciler does in a cluster, done by the command itself. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { CloudEvent } from 'cloudevents';
import { ulid } from 'ulid';
import { askAgain } from '../functions/dashboard/ask-again.ts';
import { hasEnded, wayOfJob } from '../functions/reconciler/jobs.ts';
import { backfillObjects } from '../functions/reconciler/sweep/backfill.ts';
import { createPublisher, type Requested } from '../lib/events/index.ts';
import type { Endpoint } from '../lib/events/types.ts';
import { fileCancellations } from '../lib/jobs/cancel.ts';
import { createFileJobStore, type JobRecord } from '../lib/jobs/index.ts';
import { createLog, publishSettings, readSettings, type Settings, setting, signingSettings } from '../lib/runtime/index.ts';
import { createMinioStore, type MinioStore } from '../lib/storage/index.ts';
import type { ResolvedTransform } from '../lib/transform/index.ts';
import { settingsFile } from './dev/settings.ts';
import { UsageError } from './exit.ts';
import { readTransforms } from './read-transforms.ts';

export interface AskHereOptions {
  /** Folder of a running `gst-functions dev`, where that tells its settings; those of the environment where it is not given. */
  data?: string;
  namespace?: string;
  dryRun?: boolean;
  json?: boolean;
}

const settings = {
  ...publishSettings,
  ...signingSettings,
  transformsDir: setting.text({ env: 'TRANSFORMS_DIR', about: 'Folder of Transforms.' }),
  jobsDir: setting.text({ env: 'JOBS_DIR', about: 'Folder where Job records are kept as files.' }),
};

const keys = {
  accessKey: setting.text({ env: 'MINIO_ACCESS_KEY', about: 'Access key of the storage.' }),
  secretKey: setting.secret({ env: 'MINIO_SECRET_KEY', about: 'Secret key of the storage.', secret: true }),
};

/** Whether the work is on this machine. */
export function isHere({ data }: AskHereOptions, env: NodeJS.ProcessEnv = process.env): boolean {
  return data !== undefined || Boolean(env.JOBS_DIR);
}

/** @throws UsageError where there is no such Job; Fault SETTINGS_INVALID, PUBLISH_FAILED */
export async function retryHere(name: string, options: AskHereOptions): Promise<void> {
  const env = await environment(options);
  const set = readSettings(settings, env);
  const { namespace = 'default', json } = options;
  const job = await jobOf(set, namespace, name);
  const transform = await transformOf(set, namespace, job.spec.pipelineRef.name, env);
  const takeBack = () => fileCancellations(set.jobsDir).clear(namespace, name);
  const asked = await askAgain(job, transform, { publish: publisher(set), eventKey: set.eventKey, takeBack });
  const other = asked === name ? '' : `; its Transform does other work by now, so it is ${asked}`;
  process.stdout.write(
    json ? `${JSON.stringify({ namespace, name, asked })}\n` : `Job ${namespace}/${name}: asked for${other}\n`,
  );
}

/** @throws UsageError where there is no such Job; Fault SETTINGS_INVALID */
export async function cancelHere(name: string, options: AskHereOptions): Promise<void> {
  const { jobsDir } = settings;
  const set = readSettings({ jobsDir }, await environment(options));
  const { namespace = 'default', json } = options;
  await jobOf(set, namespace, name);
  await fileCancellations(set.jobsDir).set(namespace, name);
  process.stdout.write(
    json ? `${JSON.stringify({ namespace, name })}\n` : `Job ${namespace}/${name}: it stops, or will not run\n`,
  );
}

async function jobOf({ jobsDir }: { jobsDir: string }, namespace: string, name: string): Promise<JobRecord> {
  const job = await (await createFileJobStore(jobsDir)).get(namespace, name);
  if (job) return job;
  throw new UsageError(`there is no Job ${JSON.stringify(name)} in namespace ${namespace} (--namespace names another)`);
}

/** @throws UsageError where there is no such Transform; Fault SETTINGS_INVALID, PUBLISH_FAILED, STORAGE_… */
export async function backfillHere(name: string, options: AskHereOptions): Promise<void> {
  const env = await environment(options);
  const set = readSettings(settings, env);
  const credentials = readSettings(keys, env);
  const { namespace = 'default', dryRun = false, json } = options;
  const transform = await transformOf(set, namespace, name, env);
  const jobs = await (await createFileJobStore(set.jobsDir)).list({ namespace });
  const asked: Array<{ job: string; bucket: string; key: string }> = [];
  const publish = publisher(set);
  const stores = new Map<string, MinioStore>();
  const storeOf = async (endpoint: Endpoint) => {
    const store = stores.get(endpoint.address) ?? createMinioStore(endpoint, credentials);
    stores.set(endpoint.address, store);
    return store;
  };
  try {
    const sweep = {
      store: storeOf,
      asking: {
        eventKey: set.eventKey,
        cause: new CloudEvent<unknown>({ type: 'io.gst.pipelines.command.backfill', source: '/gst-functions' }),
        round: ulid().toLowerCase(),
        async publish(event: CloudEvent<unknown>) {
          if (!dryRun) await publish(event);
          const { job, source } = event.data as Requested;
          asked.push({ job, bucket: source.bucket, key: source.key });
          const line = `${dryRun ? 'would ask' : 'asked'} for ${source.bucket}/${source.key}  (${job})\n`;
          if (!json) process.stdout.write(line);
        },
      },
      budget: { key: () => true, look: () => true },
      known: new Set(jobs.filter((job) => !hasEnded(job)).map(wayOfJob)),
      madeAt: () => 0,
      log: createLog({ name: 'backfill', level: 'warn', format: json ? 'json' : 'text', output: process.stderr }),
      now: new Date(),
      grace: 0,
      overlap: 0,
    };
    await backfillObjects(sweep, transform, undefined);
  } finally {
    for (const store of stores.values()) store.close();
  }
  if (json) process.stdout.write(`${JSON.stringify({ namespace, name, dryRun, asked })}\n`);
  else process.stdout.write(`${asked.length} ${asked.length === 1 ? 'object' : 'objects'} without output\n`);
}

async function environment({ data }: AskHereOptions): Promise<NodeJS.ProcessEnv> {
  if (data === undefined) return process.env;
  const text = await readFile(join(data, settingsFile), 'utf8').catch(() => {
    throw new UsageError(`no gst-functions dev runs with --data ${data}`);
  });
  return { ...process.env, ...parseEnv(text) };
}

const publisher = ({ sink, publishTimeout }: Settings<typeof publishSettings>) =>
  createPublisher({ sink, timeout: publishTimeout * 1000 });

async function transformOf(
  { transformsDir }: Settings<typeof settings>,
  namespace: string,
  name: string,
  env: NodeJS.ProcessEnv,
): Promise<ResolvedTransform> {
  const { transforms } = await readTransforms([transformsDir], env);
  const found = transforms.find(({ ref }) => ref.namespace === namespace && ref.name === name);
  if (found) return found;
  throw new UsageError(
    `there is no Transform ${namespace}/${name} in ${transformsDir}, or it has faults (gst-functions validate ${transformsDir})`,
  );
}
