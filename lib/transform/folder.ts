/** The Transforms of a folder of YAML files, kept fresh: read again when a file comes, changes or goes. */
import { type FSWatcher, watch } from 'node:fs';
import { opendir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from '../finding.ts';
import { largestText, parseTransforms } from './document/parse.ts';
import { findTwins, type TransformResource } from './document/resource.ts';

export interface FolderOptions {
  /** Called after each change has been read. */
  onChange: () => void;
  /** Called when the folder cannot be read; what was known of it stays. */
  onFault: (error: unknown) => void;
  /** Quiet time after a change before it is read, so that a file is whole, in milliseconds. */
  settle?: number;
  /** Time between two looks for changes that nobody told of, as on network file systems, in milliseconds. */
  pollInterval?: number;
}

export interface TransformFolder {
  /** Of all files, in the order of their names; the same objects as long as their file does not change. */
  resources(): TransformResource[];
  /** Faults of the files themselves, and names that are there twice. Those of the resources are told by `resolve`. */
  findings(): Finding[];
  close(): Promise<void>;
}

interface KnownFile {
  stamp: string;
  resources: TransformResource[];
  findings: Finding[];
}

const documents = /\.(ya?ml|json)$/i;
/** Folders within folders are followed this deep. */
const deepest = 8;

/** Resolves when all is read. @throws Error where the folder cannot be read now */
export async function watchTransformFolder(
  folder: string,
  { onChange, onFault, settle = 100, pollInterval = 5_000 }: FolderOptions,
): Promise<TransformFolder> {
  let files = new Map<string, KnownFile>();
  const look = async () => {
    const next = await readFolder(folder, files);
    const changed = next.size !== files.size || [...next].some(([path, file]) => files.get(path) !== file);
    files = next;
    return changed;
  };
  await look();

  let closed = false;
  let looking: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  const lookAgain = () => {
    looking = looking.then(async () => {
      if (closed) return;
      try {
        if ((await look()) && !closed) onChange();
      } catch (error) {
        onFault(error);
      }
    });
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(lookAgain, settle);
  };
  const watcher = watchQuietly(folder, soon);
  const poll = setInterval(lookAgain, pollInterval);
  return {
    resources: () => [...files.values()].flatMap(({ resources }) => resources),
    findings() {
      const all = [...files.values()];
      return [...all.flatMap(({ findings }) => findings), ...findTwins(all.flatMap(({ resources }) => resources))];
    },
    async close() {
      closed = true;
      watcher?.close();
      clearInterval(poll);
      clearTimeout(timer);
      await looking;
    },
  };
}

/** Told of changes at once where the system can; where it cannot, the regular look is enough. */
function watchQuietly(folder: string, onChange: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { recursive: true });
    watcher.on('change', onChange);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

async function readFolder(folder: string, known: ReadonlyMap<string, KnownFile>): Promise<Map<string, KnownFile>> {
  const files = new Map<string, KnownFile>();
  for (const path of (await filesIn(folder, 0)).toSorted()) {
    const before = known.get(path);
    const file = await readOne(path, before);
    if (file) files.set(path, file);
  }
  return files;
}

/** Names that begin with a dot are passed over: editors and mounted ConfigMaps keep copies there. */
async function filesIn(folder: string, depth: number): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of await opendir(folder)) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (documents.test(entry.name)) found.push(path);
    else if (entry.isDirectory() && depth < deepest) found.push(...(await filesIn(path, depth + 1).catch(ifGone([]))));
  }
  return found;
}

async function readOne(path: string, before: KnownFile | undefined): Promise<KnownFile | undefined> {
  const facts = await stat(path, { bigint: true }).catch(ifGone(undefined));
  if (facts === undefined || !facts.isFile()) return undefined;
  const stamp = [facts.dev, facts.ino, facts.size, facts.mtimeNs, facts.ctimeNs].join(':');
  if (before?.stamp === stamp) return before;
  if (facts.size > 4 * largestText) return { stamp, resources: [], findings: [tooLarge(path, facts.size)] };
  const text = await readFile(path, 'utf8').catch(ifGone(undefined));
  return text === undefined ? undefined : { stamp, ...parseTransforms(text, { file: path }) };
}

function tooLarge(file: string, bytes: bigint): Finding {
  return { severity: 'error', rule: 'too-large', path: '', message: `the file has ${bytes} bytes and is not read`, file };
}

/** A file that goes while it is looked at was not there; any other failure is one. */
function ifGone<T>(instead: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return instead;
    throw error;
  };
}
