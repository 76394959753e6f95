/** Where Job records are kept. */
import type { JobRecord } from './record.ts';

export interface JobQuery {
  /** All of them where it is not given. */
  namespace?: string;
  /** Only records with all of these labels. */
  labels?: Readonly<Record<string, string>>;
  /** The newest so many. */
  limit?: number;
}

/** What a record becomes; the same object where nothing changes, undefined where none is to be made. */
export type JobChange = (job: JobRecord | undefined) => JobRecord | undefined;

export interface JobStore {
  get(namespace: string, name: string): Promise<JobRecord | undefined>;
  /** Newest first. */
  list(query?: JobQuery): Promise<JobRecord[]>;
  /** Makes a record as `requestedRecord` gives it, by one write. False where there is one already: it stays as it is. */
  create(job: JobRecord): Promise<boolean>;
  /**
   * Reads, changes and writes one record, as if nobody else did so at the time: `change` may be called more than once.
   *
   * @returns the record as it is now, and as it was
   */
  update(namespace: string, name: string, change: JobChange): Promise<{ before?: JobRecord; after?: JobRecord }>;
  /** False where there was none. */
  remove(namespace: string, name: string): Promise<boolean>;
}

/** The newest records that fit the query, by the time of their making. */
export function select(jobs: readonly JobRecord[], { namespace, labels = {}, limit }: JobQuery): JobRecord[] {
  const wanted = Object.entries(labels);
  return jobs
    .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
    .filter(({ metadata }) => wanted.every(([name, value]) => metadata.labels?.[name] === value))
    .toSorted((a, b) => timeOf(b).localeCompare(timeOf(a)) || a.metadata.name.localeCompare(b.metadata.name))
    .slice(0, limit);
}

function timeOf({ metadata }: JobRecord): string {
  return metadata.creationTimestamp ?? '';
}
