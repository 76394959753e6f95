/** The app of the dashboard over a feed that a test fills, without a socket and without files. */
import type { CloudEvent } from 'cloudevents';
import pino from 'pino';
import { type AppDeps, createDashboardApp } from '../../functions/dashboard/app.ts';
import { askAgain } from '../../functions/dashboard/ask-again.ts';
import { createBoard } from '../../functions/dashboard/board.ts';
import { createEventStreams } from '../../functions/dashboard/event-stream.ts';
import type { JobObject } from '../../functions/dashboard/feed.ts';
import { createKnownTransforms } from '../../functions/dashboard/known-transforms.ts';
import { mediaOrigins } from '../../functions/dashboard/media.ts';
import { readPage } from '../../functions/dashboard/page-files.ts';
import { createLifecycle } from '../../lib/runtime/index.ts';
import { parseTransforms } from '../../lib/transform/index.ts';
import { type JobFields, jobRecord } from './dashboard.ts';

export const eventKey = 'a key for tests';

export async function dashboardApp(given: Partial<AppDeps> & { maxJobs?: number } = {}) {
  const jobs = new Map<string, { value: JobObject; mark: unknown }>();
  const published: CloudEvent<unknown>[] = [];
  const cancelled: string[] = [];
  const takenBack: string[] = [];
  let yaml = '';
  let parsed = parseTransforms('');
  let ready = true;
  const feed = {
    ready: () => ready,
    jobs: () => [...jobs.values()],
    transforms: () => parsed.resources.map((resource) => ({ value: resource, mark: resource })),
    fileFindings: () => parsed.findings,
    close: async () => {},
  };
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const transforms = createKnownTransforms(feed, {});
  const board = createBoard({ feed, transforms: transforms.rows, maxJobs: given.maxJobs ?? 1000 });
  const streams = createEventStreams({ board, epoch: 'e', most: 2, heartbeat: 20 });
  const lifecycle = createLifecycle();
  const publish = async (event: CloudEvent<unknown>) => void published.push(event);
  const app = createDashboardApp({
    log,
    lifecycle,
    board,
    transforms,
    streams,
    pictures: { pipeline: async () => Buffer.from('<svg/>'), moment: async () => undefined },
    page: await readPage(),
    askAgain: (job, transform) =>
      askAgain(job, transform, { publish, eventKey, takeBack: async ({ metadata }) => void takenBack.push(metadata.name) }),
    cancel: async ({ metadata }) => void cancelled.push(metadata.name),
    mediaFor: 'token',
    mediaOrigins: () => mediaOrigins(transforms.all(), (endpoint) => endpoint),
    links: {},
    ...given,
  });
  return {
    board,
    lifecycle,
    lines,
    published,
    cancelled,
    takenBack,
    streams,
    setReady(value: boolean) {
      ready = value;
      board.update();
    },
    put(...records: JobFields[]) {
      for (const fields of records) jobs.set(fields.name, { value: jobRecord(fields) as JobObject, mark: {} });
      board.update();
    },
    remove(name: string) {
      jobs.delete(name);
      board.update();
    },
    setTransforms(text: string) {
      if (text === yaml) return;
      yaml = text;
      parsed = parseTransforms(text, { file: 'transforms.yaml' });
      board.update();
    },
    ask: (path: string, init?: RequestInit) => Promise.resolve(app.fetch(new Request(`http://dashboard${path}`, init))),
  };
}

export const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
