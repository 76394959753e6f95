/** Log lines of one job, from the file that `gst-functions dev` keeps of it: JSON lines, sent on as they come. */
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { part } from '../../lib/jobs/file-store.ts';
import { withoutSecrets } from '../../lib/telemetry/index.ts';

export interface JobLogs {
  /** All that is kept, as JSON lines; undefined where nothing is. */
  read(job: string): Promise<string | undefined>;
  /**
   * Server-sent events: what is kept, then what comes. The id of an event is the place in the file after it.
   * Undefined where as many as may be are open.
   *
   * @param after id of the last event that the reader got, if it was here before
   */
  follow(job: string, after?: string): ReadableStream<Uint8Array> | undefined;
  /** Ends all that follow. */
  close(): void;
}

export interface JobLogOptions {
  folder: string;
  /** Most that follow at a time. */
  most?: number;
  /** Between two looks at a file that is followed, in milliseconds. */
  interval?: number;
  /** A comment is sent where nothing else was for so long, in milliseconds. */
  heartbeat?: number;
}

const [defaultMost, defaultInterval, defaultHeartbeat] = [50, 250, 15_000];
/** Most that is read at once, and of what was there before at all, in bytes. */
const [atOnce, mostBefore] = [64 * 1024, 256 * 1024];

interface Lines {
  /** JSON texts. */
  lines: string[];
  /** Where the next read begins, in bytes. */
  end: number;
  /** True where lines before these were left out. */
  cut: boolean;
}

export function createJobLogs(options: JobLogOptions): JobLogs {
  const { folder, most = defaultMost, interval = defaultInterval, heartbeat = defaultHeartbeat } = options;
  const following = new Set<AbortController>();
  const encoder = new TextEncoder();
  const pathOf = (job: string) => join(folder, `${part(job)}.jsonl`);

  return {
    read: (job) => readFile(pathOf(job), 'utf8').then(withoutSecrets, () => undefined),
    follow(job, after) {
      if (following.size >= most) return undefined;
      const path = pathOf(job);
      const ended = new AbortController();
      const { signal } = ended;
      following.add(ended);
      let place = after !== undefined && /^\d{1,15}$/.test(after) ? Number(after) : undefined;
      const end = () => {
        following.delete(ended);
        ended.abort();
      };
      signal.addEventListener('abort', end, { once: true });
      return new ReadableStream<Uint8Array>(
        {
          // asked for only when what came before is on its way: a slow reader fills no memory
          async pull(controller) {
            for (let waited = 0; waited < heartbeat && !signal.aborted; waited += interval) {
              const found = await readLines(path, place);
              if (found) {
                place = found.end;
                return controller.enqueue(encoder.encode(message(found)));
              }
              await sleep(interval, undefined, { signal }).catch(() => {});
            }
            if (signal.aborted) controller.close();
            else controller.enqueue(encoder.encode(':\n\n'));
          },
          cancel: end,
        },
        { highWaterMark: 1 },
      );
    },
    close() {
      for (const one of [...following]) one.abort();
    },
  };
}

/** Whole lines from `place` on, or the last ones where it is not given; undefined where there are none, or no file. */
async function readLines(path: string, place: number | undefined): Promise<Lines | undefined> {
  const file = await open(path).catch(() => undefined);
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    const from = place ?? Math.max(0, size - mostBefore);
    if (from >= size) return undefined;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(atOnce, size - from)), { position: from });
    const read = buffer.subarray(0, bytesRead);
    const last = read.lastIndexOf('\n');
    // a line that does not fit is no line of a log: it is passed over
    const taken = last < 0 && bytesRead === atOnce ? bytesRead : last + 1;
    if (taken === 0) return undefined;
    const cut = place === undefined && from > 0;
    const lines = withoutSecrets(read.toString('utf8', 0, taken))
      .split('\n')
      .filter(isObject);
    return { lines, end: from + taken, cut };
  } finally {
    await file.close();
  }
}

/** The first of those that were cut is half a line. */
function isObject(line: string): boolean {
  if (!line.startsWith('{')) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

function message({ lines, end, cut }: Lines): string {
  return `id: ${end}\nevent: lines\ndata: {"cut":${cut},"lines":[${lines.join(',')}]}\n\n`;
}
