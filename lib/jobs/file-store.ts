/**
 * Job records as files, `<folder>/<namespace>/<job>.json`, for one machine. A file is whole at every moment: it is written
 * beside its place and renamed. Writers of one process wait for each other; other processes should only read.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { Fault } from '../errors.ts';
import { apiVersion, resources } from '../kubernetes/index.ts';
import { makeFolder } from '../make-folder.ts';
import type { JobRecord } from './record.ts';
import { type JobQuery, type JobStore, select } from './store.ts';

/** Files read at once for a list. */
const readsAtOnce = 32;

/** @throws Error where the folder cannot be made */
export async function createFileJobStore(folder: string, now: () => Date = () => new Date()): Promise<JobStore> {
  makeFolder(folder);
  /** The last write under way of each record. */
  const writing = new Map<string, Promise<unknown>>();

  async function inTurn<T>(path: string, work: () => Promise<T>): Promise<T> {
    const turn = (writing.get(path) ?? Promise.resolve()).then(work, work);
    writing.set(path, turn);
    try {
      return await turn;
    } finally {
      if (writing.get(path) === turn) writing.delete(path);
    }
  }

  const pathOf = (namespace: string, name: string) => join(folder, part(namespace), `${part(name)}.json`);

  async function keep(path: string, job: JobRecord, before: JobRecord | undefined): Promise<JobRecord> {
    const kept = stamped(job, before, now());
    const { dir, name } = parse(path);
    await mkdir(dir, { recursive: true });
    const draft = join(dir, `.${name}.${randomBytes(6).toString('hex')}`);
    await writeFile(draft, `${JSON.stringify(kept, null, 2)}\n`);
    await rename(draft, path);
    return kept;
  }

  return {
    get: async (namespace, name) => readJob(pathOf(namespace, name)),
    list: (query = {}) => listFiles(folder, query),
    create: async (job) => {
      const path = pathOf(job.metadata.namespace, job.metadata.name);
      return inTurn(path, async () => {
        if (await readJob(path)) return false;
        await keep(path, job, undefined);
        return true;
      });
    },
    update: async (namespace, name, change) => {
      const path = pathOf(namespace, name);
      return inTurn(path, async () => {
        const before = await readJob(path);
        const after = change(before);
        if (after === undefined || after === before) return { before, after };
        return { before, after: await keep(path, after, before) };
      });
    },
    remove: async (namespace, name) => {
      const path = pathOf(namespace, name);
      return inTurn(path, async () => {
        const there = (await stat(path).catch(ifAbsent(undefined))) !== undefined;
        await rm(path, { force: true });
        return there;
      });
    },
  };
}

/** As the API server would have it. */
function stamped(after: JobRecord, before: JobRecord | undefined, now: Date): JobRecord {
  const creationTimestamp = before?.metadata.creationTimestamp ?? now.toISOString();
  const resourceVersion = String(Number(before?.metadata.resourceVersion ?? 0) + 1);
  return {
    apiVersion: apiVersion(resources.jobs),
    kind: resources.jobs.kind,
    ...after,
    metadata: { ...after.metadata, creationTimestamp, resourceVersion },
  };
}

/** Names come from events: none may lead out of the folder. */
export function part(name: string): string {
  if (/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name) && !name.includes('..')) return name;
  throw new Fault('EVENT_MALFORMED', { cause: `${JSON.stringify(name.slice(0, 80))} is no name of a resource` });
}

/** Undefined where there is none, or none that can be read: the next event of the job makes it anew. */
async function readJob(path: string): Promise<JobRecord | undefined> {
  const text = await readFile(path, 'utf8').catch(ifAbsent(undefined));
  if (text === undefined) return undefined;
  try {
    const job = JSON.parse(text) as Partial<JobRecord> | null;
    return job?.metadata?.name && job.spec ? (job as JobRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** Where there is a limit, only the files that were written last are read. */
async function listFiles(folder: string, query: JobQuery): Promise<JobRecord[]> {
  const namespaces = query.namespace === undefined ? await readdir(folder) : [part(query.namespace)];
  const found: Array<{ path: string; written: number }> = [];
  for (const namespace of namespaces) {
    for (const name of await readdir(join(folder, namespace)).catch(ifAbsent([]))) {
      if (name.startsWith('.') || !name.endsWith('.json')) continue;
      const path = join(folder, namespace, name);
      const facts = await stat(path).catch(ifAbsent(undefined));
      if (facts) found.push({ path, written: facts.mtimeMs });
    }
  }
  const newest = found.toSorted((a, b) => b.written - a.written);
  const wanted = query.labels === undefined ? newest.slice(0, query.limit) : newest;
  const jobs: JobRecord[] = [];
  for (let from = 0; from < wanted.length; from += readsAtOnce) {
    const read = await Promise.all(wanted.slice(from, from + readsAtOnce).map(({ path }) => readJob(path)));
    jobs.push(...read.filter((job) => job !== undefined));
  }
  return select(jobs, query);
}

function ifAbsent<T>(instead: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return instead;
    throw error;
  };
}
