/** All objects of some kinds, kept fresh: list, then watch; after a failure list again, ever more slowly. */
import type { Logger } from 'pino';
import type { KubeClient } from './client.ts';
import { kubernetesFault, statusOf } from './faults.ts';
import type { KubeObject, Resource } from './resources.ts';

export interface WatchedObjects<T extends KubeObject> {
  /** True once every kind has been listed. It stays so: old knowledge serves better than none while the API server is away. */
  ready(): boolean;
  list(): T[];
  close(): Promise<void>;
}

export interface WatchOptions {
  log: Logger;
  /** Called at each change, and when the first list is there. */
  onChange: () => void;
  /** Waits before the second and later tries, in milliseconds; the last one stays. */
  retryDelays?: readonly number[];
}

const defaultRetryDelays = [1_000, 2_000, 5_000, 10_000, 30_000]; // ms

export async function watchObjects<T extends KubeObject>(
  client: KubeClient,
  kinds: readonly Resource[],
  { log, onChange, retryDelays = defaultRetryDelays }: WatchOptions,
): Promise<WatchedObjects<T>> {
  const watches = kinds.map((kind) => watchKind(client, kind, { log, onChange, retryDelays }));
  return {
    ready: () => watches.every((watch) => watch.listed()),
    // the server leaves the kind out of the items of a list
    list: () => watches.flatMap((watch, index) => watch.list().map((object) => ({ ...object, kind: kinds[index]?.kind }) as T)),
    async close() {
      for (const watch of watches) await watch.close();
    },
  };
}

interface KindWatch {
  list(): readonly object[];
  listed(): boolean;
  close(): Promise<void>;
}

function watchKind(client: KubeClient, kind: Resource, { log, onChange, retryDelays }: Required<WatchOptions>): KindWatch {
  const informer = client.informer(kind);
  let failures = 0;
  let listed = false;
  let ended = false;
  let timer: NodeJS.Timeout | undefined;
  const start = async () => {
    const before = failures;
    try {
      await informer.start();
    } catch (error) {
      if (!ended) retry(error);
      return;
    }
    // one that was stopped during its list begins to watch all the same
    if (ended) return informer.stop();
    // it resolves as well when list or watch failed, which it tells by an event
    if (failures === before) failures = 0;
    // the informer reports no end of its list: a version means that there was one
    if (listed || informer.latestResourceVersion() === '') return;
    listed = true;
    onChange();
  };
  const retry = (error: unknown) => {
    const delay = retryDelays[Math.min(failures, retryDelays.length - 1)] ?? 1_000;
    failures++;
    // a watch that the server ends, or that a restart cuts, is everyday; that it comes back is what counts
    const level = failures > 2 || statusOf(error) !== undefined ? 'warn' : 'info';
    log[level]({ err: kubernetesFault(`watch ${kind.plural}`, error), failures, delay }, 'watch broke off; it begins again');
    clearTimeout(timer);
    timer = setTimeout(() => void start(), delay);
  };
  informer.on('change', () => {
    if (listed) onChange();
  });
  informer.on('error', (error: unknown) => {
    if (!ended) retry(error);
  });
  void start();
  return {
    list: () => informer.list(),
    listed: () => listed,
    async close() {
      ended = true;
      clearTimeout(timer);
      await informer.stop();
    },
  };
}
