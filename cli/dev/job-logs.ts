/** Log lines of all functions by job, a file for each: the page shows them. */
import { appendFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { logEntry } from './log-line.ts';

export interface KeptLogs {
  /** Keeps a line that is of a job. */
  take(label: string, line: string): void;
  /** Resolves when all is written. */
  close(): Promise<void>;
}

export interface KeepLogsOptions {
  folder: string;
  log: Logger;
  /** Files; the one that was written longest ago goes first. */
  most?: number;
  /** Bytes of a file; lines beyond are left out. */
  largest?: number;
}

const [defaultMost, defaultLargest] = [1_000, 4 * 1024 * 1024];
const extension = '.jsonl';

export async function keepJobLogs({
  folder,
  log,
  most = defaultMost,
  largest = defaultLargest,
}: KeepLogsOptions): Promise<KeptLogs> {
  await mkdir(folder, { recursive: true });
  /** Bytes by job, the one that was written longest ago first. */
  const sizes = await sizesIn(folder);
  let work: Promise<void> = Promise.resolve();
  let failing = false;

  async function append(job: string, text: string) {
    const size = sizes.get(job) ?? 0;
    const bytes = Buffer.byteLength(text);
    sizes.delete(job);
    sizes.set(job, size + bytes);
    if (size + bytes <= largest) await appendFile(join(folder, job + extension), text);
    const [oldest] = sizes.keys();
    if (sizes.size <= most || oldest === undefined) return;
    sizes.delete(oldest);
    await rm(join(folder, oldest + extension), { force: true });
  }

  return {
    take(label, line) {
      const entry = logEntry(line);
      const job = entry?.job;
      if (typeof job !== 'string' || !/^[a-z0-9][-a-z0-9.]{0,251}$/.test(job)) return;
      const text = `${JSON.stringify({ ...entry, name: label })}\n`;
      work = work
        .then(() => append(job, text))
        .then(
          () => {
            failing = false;
          },
          (error: unknown) => {
            if (!failing) log.warn({ err: error }, 'log lines of jobs are not kept');
            failing = true;
          },
        );
    },
    close: () => work,
  };
}

async function sizesIn(folder: string): Promise<Map<string, number>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(extension));
  const files = await Promise.all(names.map(async (name) => ({ name, ...(await factsOf(join(folder, name))) })));
  return new Map(
    files.toSorted((a, b) => a.written - b.written).map(({ name, size }) => [name.slice(0, -extension.length), size]),
  );
}

async function factsOf(path: string) {
  const { mtimeMs, size } = await stat(path);
  return { written: mtimeMs, size };
}
