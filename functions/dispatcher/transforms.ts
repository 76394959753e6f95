/** Where the dispatcher's Transforms come from: a folder of files, or the cluster. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Finding } from '../../lib/finding.ts';
import {
  apiVersion,
  createKubeClient,
  type KubeClient,
  type KubeObject,
  resources,
  watchObjects,
} from '../../lib/kubernetes/index.ts';
import { settingsFault } from '../../lib/runtime/index.ts';
import { parseResource, watchTransformFolder } from '../../lib/transform/index.ts';
import { type Book, type Entry, logFinding } from './book.ts';

export interface TransformSource {
  /** True once all Transforms that were there at the start are in the book. */
  ready(): boolean;
  close(): Promise<void>;
}

/** @throws Fault SETTINGS_INVALID where the folder cannot be read */
export async function transformsOfFolder(folder: string, book: Book, log: Logger): Promise<TransformSource> {
  const told = new Set<string>();
  const read = async () => {
    // resources stay the same objects as long as their file is the same
    await book.update(watched.resources().map((resource) => ({ resource, version: resource })));
    const findings = watched.findings();
    for (const finding of findings) if (!told.has(idOf(finding))) logFinding(log, finding);
    told.clear();
    for (const finding of findings) told.add(idOf(finding));
  };
  const reading = oneAtATime(read);
  const watched = await watchTransformFolder(folder, { onChange: reading.ask, log });
  if (!watched.ready()) {
    await watched.close();
    throw settingsFault([`TRANSFORMS_DIR cannot be read: ${folder}`]);
  }
  reading.ask();
  await reading.settled();
  return {
    ready: () => true,
    async close() {
      await watched.close();
      await reading.settled();
    },
  };
}

function idOf(finding: Finding): string {
  return JSON.stringify(finding);
}

/** The Transforms and SplitTransforms of all namespaces. */
export async function transformsOfCluster(
  book: Book,
  log: Logger,
  connect: () => Promise<KubeClient> = createKubeClient,
): Promise<TransformSource> {
  const client = await connect();
  let listed = false;
  const reading = oneAtATime(async () => {
    if (!watched.ready()) return;
    await book.update(watched.list().flatMap(entryOf));
    listed = true;
  });
  const watched = await watchObjects<KubeObject>(client, [resources.transforms, resources.splitTransforms], {
    log,
    onChange: reading.ask,
  });
  return {
    ready: () => listed,
    async close() {
      await watched.close();
      await reading.settled();
    },
  };
}

/** Runs `work` in the next turn, and once more where it was asked for meanwhile: a list tells of each object by itself. */
function oneAtATime(work: () => Promise<void>): { ask(): void; settled(): Promise<void> } {
  let asked = false;
  let running: Promise<void> | undefined;
  const run = async () => {
    while (asked) {
      await nextTurn();
      asked = false;
      await work();
    }
    running = undefined;
  };
  return {
    ask() {
      asked = true;
      running ??= run();
    },
    settled: async () => running,
  };
}

/** Lists leave the version of the API out of their items. */
function entryOf(object: KubeObject): Entry[] {
  const { resource } = parseResource({ apiVersion: apiVersion(resources.transforms), ...object });
  if (resource === undefined) return [];
  const { uid, generation, resourceVersion } = object.metadata;
  // a status that is written anew does not change what is run
  return [{ resource, version: generation === undefined ? resourceVersion : `${uid}/${generation}` }];
}
