/** Jobs and Transforms as they are now: from Kubernetes, or from folders on one machine. */
import { mkdir } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { Finding } from '../../lib/finding.ts';
import { type FolderFile, watchFolder } from '../../lib/folder/index.ts';
import {
  type Cancellations,
  cancelAnnotation,
  cancelExtension,
  fileCancellations,
  kubernetesCancellations,
} from '../../lib/jobs/cancel.ts';
import {
  apiVersion,
  createKubeClient,
  type KubeClient,
  type KubeObject,
  resources,
  watchObjects,
} from '../../lib/kubernetes/index.ts';
import { settingsFault } from '../../lib/runtime/index.ts';
import { parseResource, type TransformResource, watchTransformFolder } from '../../lib/transform/index.ts';
import type { JobSpec, JobStatus } from '../../lib/transform/schema/job.ts';

export interface JobObject extends KubeObject {
  spec: JobSpec;
  status?: JobStatus;
}

/** Something with a mark that is another one when it has changed. */
export interface Marked<T> {
  value: T;
  mark: unknown;
}

export interface Feed {
  ready(): boolean;
  jobs(): Marked<JobObject>[];
  transforms(): Marked<TransformResource>[];
  /** Faults of files that hold no resource one could name. */
  fileFindings(): Finding[];
  /** Where it is said that a Job is to stop. */
  cancellations: Cancellations;
  close(): Promise<void>;
}

export interface FeedOptions {
  log: Logger;
  onChange: () => void;
}

/** @throws Fault SETTINGS_INVALID where the folder of Transforms cannot be read; that of Jobs may come later */
export async function feedFromFolders(jobsDir: string, transformsDir: string, { log, onChange }: FeedOptions): Promise<Feed> {
  const transforms = await watchTransformFolder(transformsDir, { onChange, log });
  if (!transforms.ready()) {
    await transforms.close();
    throw settingsFault([`TRANSFORMS_DIR cannot be read: ${transformsDir}`]);
  }
  // the recorder makes it with its first record; where this process may not, it waits
  await mkdir(jobsDir, { recursive: true }).catch(() => {});
  const jobs = await watchFolder(jobsDir, { extensions: ['.json', cancelExtension], onChange, log });
  const readJob = remembered(({ text }: FolderFile) => asJob(parseJson(text)));
  const readCancelled = remembered(cancelled);
  return {
    ready: () => true,
    jobs() {
      const files = jobs.files();
      const wanted = new Set(files.filter(({ path }) => path.endsWith(cancelExtension)).map(({ path }) => path));
      return files.flatMap((file) => {
        if (!file.path.endsWith('.json')) return [];
        const job = readJob(file);
        if (!job) return [];
        const value = wanted.has(file.path.replace(/\.json$/, cancelExtension)) ? readCancelled(job) : job;
        return [{ value, mark: value }];
      });
    },
    // resources stay the same objects as long as their file is the same
    transforms: () => transforms.resources().map((resource) => ({ value: resource, mark: resource })),
    fileFindings: () => transforms.findings(),
    cancellations: fileCancellations(jobsDir),
    async close() {
      await jobs.close();
      await transforms.close();
    },
  };
}

export async function feedFromKubernetes(
  { log, onChange }: FeedOptions,
  connect: () => Promise<KubeClient> = createKubeClient,
): Promise<Feed> {
  const client = await connect();
  const jobs = await watchObjects<KubeObject>(client, [resources.jobs], { log, onChange });
  const kinds = [resources.transforms, resources.splitTransforms];
  const transforms = await watchObjects<KubeObject>(client, kinds, { log, onChange });
  const mark = ({ metadata }: KubeObject) => `${metadata.uid}.${metadata.resourceVersion}`;
  return {
    ready: () => jobs.ready() && transforms.ready(),
    jobs: () =>
      jobs.list().flatMap((object) => {
        const value = asJob(object);
        return value ? [{ value, mark: mark(object) }] : [];
      }),
    transforms: () =>
      transforms.list().flatMap((object) => {
        // items of a list come without the version, which is known by what was listed
        const { resource } = parseResource({ apiVersion: apiVersion(resources.transforms), ...object });
        return resource ? [{ value: resource, mark: mark(object) }] : [];
      }),
    fileFindings: () => [],
    cancellations: kubernetesCancellations(client),
    async close() {
      await jobs.close();
      await transforms.close();
    },
  };
}

/** Reads again only what is another object than before. */
function remembered<From extends object, To>(read: (from: From) => To): (from: From) => To {
  const kept = new WeakMap<From, { value: To }>();
  return (from) => {
    const known = kept.get(from) ?? { value: read(from) };
    kept.set(from, known);
    return known.value;
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // half written, or not a record: the next change brings it
  }
}

/** As its resource would have it in a cluster. */
function cancelled(job: JobObject): JobObject {
  const annotations = { ...job.metadata.annotations, [cancelAnnotation]: '' };
  return { ...job, metadata: { ...job.metadata, annotations } };
}

/** What the rest of the page relies on; the fields below it are read with care, for a record may be older than this program. */
function asJob(value: unknown): JobObject | undefined {
  const job = value as Partial<JobObject> | null | undefined;
  const usable =
    typeof job?.metadata?.name === 'string' && job.spec?.pipelineRef && job.spec.src && Array.isArray(job.spec.sinks);
  return usable ? (job as JobObject) : undefined;
}
