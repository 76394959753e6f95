/** Rows with the version at which each changed last: whoever knows the page as of a version is told only what came after. */
import type { Feed, JobObject } from './feed.ts';
import { type JobRow, jobRow, lastMoment, type TransformRow } from './rows.ts';

export interface Change {
  version: number;
  /** True where this is all there is, and what was known before is void. */
  all: boolean;
  jobs: JobRow[];
  goneJobs: string[];
  transforms: TransformRow[];
  goneTransforms: string[];
  /** Jobs that there are, those that are not shown included. */
  jobCount: number;
  /** Everything has been read once. */
  ready: boolean;
}

export interface Board {
  readonly version: number;
  /** Reads the feed, and tells listeners where something is new. */
  update(): void;
  /** What changed after `version`; all of it where that is undefined or too long ago. */
  since(version: number | undefined): Change;
  job(id: string): JobObject | undefined;
  jobs(): JobRow[];
  transforms(): TransformRow[];
  /** @returns what ends it */
  listen(listener: () => void): () => void;
}

interface Row<T> {
  row: T;
  mark: unknown;
  text: string;
  version: number;
}

/** Rows that went are remembered up to this many; who was away for longer is told everything. */
const mostGone = 5_000;

export interface BoardOptions {
  feed: Pick<Feed, 'jobs' | 'ready'>;
  transforms: () => Array<{ row: TransformRow; mark: unknown }>;
  maxJobs: number;
}

export function createBoard({ feed, transforms: readTransforms, maxJobs }: BoardOptions): Board {
  const listeners = new Set<() => void>();
  const jobs = keptRows<JobRow>();
  const transforms = keptRows<TransformRow>();
  let objects = new Map<string, JobObject>();
  let version = 0;
  let horizon = 0;
  let ready = false;

  return {
    get version() {
      return version;
    },
    update() {
      const next = version + 1;
      const records = feed.jobs().map(({ value, mark }) => ({ value, row: jobs.known(mark) ?? jobRow(value), mark }));
      objects = new Map(records.map(({ value, row }) => [row.id, value]));
      const changedJobs = jobs.replace(newest(records, maxJobs), next);
      const changedTransforms = transforms.replace(readTransforms(), next);
      const becameReady = !ready && feed.ready();
      ready ||= feed.ready();
      if (!changedJobs && !changedTransforms && !becameReady) return;
      version = next;
      horizon = Math.max(horizon, jobs.forget(), transforms.forget());
      for (const listener of listeners) listener();
    },
    since(known) {
      const all = known === undefined || known < horizon || known > version;
      const from = all ? -1 : known;
      return {
        version,
        all,
        jobs: jobs.after(from),
        goneJobs: all ? [] : jobs.goneAfter(from),
        transforms: transforms.after(from),
        goneTransforms: all ? [] : transforms.goneAfter(from),
        jobCount: objects.size,
        ready,
      };
    },
    job: (id) => objects.get(id),
    jobs: () => jobs.after(-1),
    transforms: () => transforms.after(-1),
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Work in hand is always shown; of the rest what happened last. */
function newest(records: Array<{ row: JobRow; mark: unknown }>, most: number): Array<{ row: JobRow; mark: unknown }> {
  if (records.length <= most) return records;
  const rank = ({ row }: { row: JobRow }) => (row.state === 'InProgress' ? Number.POSITIVE_INFINITY : lastMoment(row));
  return records
    .map((record) => ({ record, rank: rank(record) }))
    .sort((a, b) => (a.rank === b.rank ? 0 : b.rank - a.rank))
    .slice(0, most)
    .map(({ record }) => record);
}

function keptRows<T extends { id: string }>() {
  const rows = new Map<string, Row<T>>();
  const byMark = new Map<unknown, T>();
  const gone = new Map<string, number>();
  return {
    known: (mark: unknown) => byMark.get(mark),
    /** @returns whether anything is new */
    replace(records: Array<{ row: T; mark: unknown }>, version: number): boolean {
      let changed = false;
      const present = new Set<string>();
      byMark.clear();
      for (const { row, mark } of records) {
        present.add(row.id);
        byMark.set(mark, row);
        const before = rows.get(row.id);
        if (before?.mark === mark) continue;
        const text = JSON.stringify(row);
        const same = before?.text === text;
        rows.set(row.id, { row, mark, text, version: same ? before.version : version });
        gone.delete(row.id);
        changed ||= !same;
      }
      for (const id of rows.keys()) {
        if (present.has(id)) continue;
        rows.delete(id);
        gone.set(id, version);
        changed = true;
      }
      return changed;
    },
    after: (version: number) => [...rows.values()].filter((row) => row.version > version).map(({ row }) => row),
    goneAfter: (version: number) => [...gone].filter(([, at]) => at > version).map(([id]) => id),
    /** @returns the version before which it is not known what went */
    forget(): number {
      let until = 0;
      for (const [id, version] of gone) {
        if (gone.size <= mostGone) break;
        gone.delete(id);
        until = version;
      }
      return until;
    },
  };
}
