/** Each event as a process of its own, which handles it and ends: what a JobSink makes of events, on one machine. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Post } from './broker/index.ts';
import { type FunctionChild, spawnFunction } from './function-child.ts';

export interface OneShotOptions {
  /** The function that handles the events. */
  name: string;
  /** Who speaks in the logs. */
  label: string;
  env: NodeJS.ProcessEnv;
  /** Where the events lie while they are in hand. */
  folder: string;
  onLine: (label: string, line: string) => void;
}

export interface OneShots {
  /** Resolves when the process has ended. */
  post: Post;
  /** Of the processes that run now. */
  pids(): number[];
  /** As that of a function. */
  stop(seconds: number): Promise<void>;
}

export function createOneShots({ name, label, env, folder, onLine }: OneShotOptions): OneShots {
  const running = new Set<FunctionChild>();
  return {
    async post(_url, event, timeout, signal) {
      let place: string | undefined;
      try {
        await mkdir(folder, { recursive: true });
        place = await mkdtemp(join(folder, 'event-'));
        await writeFile(join(place, 'event'), JSON.stringify(event));
        const child = spawnFunction({ name, env: { ...env, K_EVENT_PATH: place }, onLine: (line) => onLine(label, line) });
        running.add(child);
        const limit = AbortSignal.timeout(timeout);
        const onEnd = () => void child.end(0);
        const end = AbortSignal.any([limit, signal]);
        end.addEventListener('abort', onEnd, { once: true });
        if (end.aborted) onEnd();
        const { status, how } = await child.exited;
        end.removeEventListener('abort', onEnd);
        running.delete(child);
        if (status === 0) return { status: 204, headers: new Headers(), body: new Uint8Array() };
        // nothing that a later try would change, and nobody was told
        if (status === 2) return { status: 422, headers: new Headers(), body: new Uint8Array() };
        return { cause: limit.aborted ? `not done in ${timeout / 1000} s` : how, timedOut: limit.aborted };
      } catch (error) {
        return { cause: (error as Error).message, timedOut: false };
      } finally {
        if (place) await rm(place, { recursive: true, force: true });
      }
    },
    pids: () => [...running].flatMap(({ process: { pid } }) => pid ?? []),
    async stop(seconds) {
      await Promise.all([...running].map((child) => child.end(seconds)));
    },
  };
}
