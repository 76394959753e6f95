/** Reads the files of a folder, and again those that have changed: told by the kernel where it can, else by looking. */
import { type FSWatcher, watch } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import type { Logger } from 'pino';

export interface FolderFile {
  /** From the top of the folder, with `/` between its parts. */
  path: string;
  text: string;
  /** Another one for other content. */
  version: string;
}

export interface WatchedFolder {
  /** In the order of their paths. */
  files(): readonly FolderFile[];
  /** False while the folder cannot be read; what was read before stays. */
  ready(): boolean;
  /** Looks now, and resolves when what there is has been read. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

export interface FolderOptions {
  /** With the dot, such as `.yaml`. */
  extensions: readonly string[];
  /** Called when files came, went or changed. */
  onChange: () => void;
  log: Logger;
  /** Between the word of a change and the look at it, for editors that write in steps; ms. */
  debounce?: number;
  /** Between two looks where nothing was told: network and overlay file systems tell nothing; ms. */
  poll?: number;
}

const defaultDebounce = 50; // ms
const defaultPoll = 2_000; // ms

/** Resolves when the folder has been read once. Files and folders whose name begins with a dot are drafts, and left out. */
export async function watchFolder(root: string, options: FolderOptions): Promise<WatchedFolder> {
  const { extensions, onChange, log, debounce = defaultDebounce, poll = defaultPoll } = options;
  let known = new Map<string, FolderFile>();
  let readable = false;
  let closed = false;
  let looking: Promise<void> | undefined;
  let again = false;
  let told: NodeJS.Timeout | undefined;

  /** @returns whether there is something new */
  const look = async () => {
    try {
      const { files: next, folders } = await readFiles(root, extensions, known);
      const changed = !readable || next.size !== known.size || [...next].some(([path, file]) => known.get(path) !== file);
      known = next;
      readable = true;
      // what changed after the look and before the watchers stand is told by nobody
      if (!closed && watchers.keep(folders)) onTold();
      return changed;
    } catch (error) {
      if (readable) log.warn({ folder: root, cause: (error as Error).message }, 'folder cannot be read');
      readable = false;
      // one that comes back is another folder, of which these tell nothing
      watchers.keep([]);
      return false;
    }
  };
  // one look at a time; a word of change that comes meanwhile leads to one more
  const refresh = async () => {
    again = true;
    looking ??= (async () => {
      while (again && !closed) {
        again = false;
        if ((await look()) && !closed) onChange();
      }
      looking = undefined;
    })();
    await looking;
  };
  // not put off by further words of change: a folder that is written to all the time is read all the same
  const onTold = () => {
    if (closed) return;
    told ??= setTimeout(() => {
      told = undefined;
      void refresh();
    }, debounce);
  };

  const watchers = keepWatchers(onTold);

  await refresh();
  const polling = setInterval(() => void refresh(), poll);
  return {
    files: () => [...known.values()],
    ready: () => readable,
    refresh,
    async close() {
      closed = true;
      clearTimeout(told);
      clearInterval(polling);
      await looking;
      watchers.keep([]);
    },
  };
}

/** One for each folder: the recursive watch of Node 24 on Linux misses files that go, or that are moved in from elsewhere. */
function keepWatchers(onChange: () => void) {
  const watchers = new Map<string, FSWatcher>();
  return {
    /** @returns whether there is a new one */
    keep(folders: readonly string[]): boolean {
      for (const [folder, watcher] of watchers) {
        if (folders.includes(folder)) continue;
        watcher.close();
        watchers.delete(folder);
      }
      const fresh = folders.filter((folder) => !watchers.has(folder));
      for (const folder of fresh) {
        try {
          watchers.set(folder, watch(folder, onChange).on('error', onChange));
        } catch {
          // it went meanwhile, or there may be no more watchers: then only looking finds changes
        }
      }
      return fresh.some((folder) => watchers.has(folder));
    },
  };
}

/** Files that are as they were keep their object, which tells that they did not change. */
async function readFiles(
  root: string,
  extensions: readonly string[],
  known: ReadonlyMap<string, FolderFile>,
): Promise<{ files: Map<string, FolderFile>; folders: string[] }> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => !entry.isDirectory() && extensions.includes(extname(entry.name)))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !/(^|\/)\./.test(path))
    .sort();
  const files = await Promise.all(paths.map((path) => readOne(join(root, path), path, known.get(path))));
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
  return { files: new Map(files.flatMap((file) => (file ? [[file.path, file]] : []))), folders: [root, ...folders] };
}

async function readOne(file: string, path: string, before?: FolderFile): Promise<FolderFile | undefined> {
  try {
    const found = await stat(file, { bigint: true });
    if (!found.isFile()) return undefined; // a pipe would be waited for, for ever
    const { mtimeNs, ctimeNs, size, ino } = found;
    const version = [mtimeNs, ctimeNs, size, ino].join('.');
    if (before?.version === version) return before;
    return { path, version, text: await readFile(file, 'utf8') };
  } catch {
    return undefined; // gone meanwhile, or not for this user to read
  }
}
