/** Finds rows by the query of `/api/jobs`, for scripts; the page searches in what it has. */
import { type JobRow, lastMoment } from './rows.ts';

/** Rows in an answer where it is not said, and at most. */
const [usualLimit, largestLimit] = [100, 1_000];

/** `transform` is `<kind>/<namespace>/<name>` or the name alone; `q` is part of a key or of a job's name. */
export function findJobs(rows: JobRow[], query: Record<string, string | undefined>): { jobs: JobRow[]; found: number } {
  const { transform, state, code, q = '' } = query;
  const wanted = q.toLowerCase();
  const limit = Math.min(largestLimit, Math.max(1, Number.parseInt(query.limit ?? '', 10) || usualLimit));
  const found = rows
    .filter((row) => transform === undefined || row.transform === transform || row.transform.endsWith(`/${transform}`))
    .filter((row) => state === undefined || row.state === state)
    .filter((row) => code === undefined || row.error?.code === code)
    .filter((row) => row.key.toLowerCase().includes(wanted) || row.name.includes(wanted))
    .sort((a, b) => lastMoment(b) - lastMoment(a));
  return { jobs: found.slice(0, limit), found: found.length };
}
