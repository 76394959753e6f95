/** The HTTP face of the dashboard: a page, what it shows as JSON and as events, and what whoever has the token may do. */
import { type Context, Hono } from 'hono';
import type { Logger } from 'pino';
import { Fault } from '../../lib/errors.ts';
import { sameSecret } from '../../lib/events/index.ts';
import { aboutJob } from '../../lib/jobs/index.ts';
import type { Lifecycle } from '../../lib/runtime/index.ts';
import type { ResolvedTransform } from '../../lib/transform/index.ts';
import type { Board } from './board.ts';
import type { EventStreams } from './event-stream.ts';
import type { JobObject } from './feed.ts';
import type { JobLogs } from './job-log.ts';
import { jobPage, type Links } from './job-page.ts';
import type { KnownTransforms } from './known-transforms.ts';
import type { MediaLinks } from './media.ts';
import type { PageFile } from './page-files.ts';
import type { Pictures } from './pictures.ts';
import { jobRow } from './rows.ts';
import { findJobs } from './search.ts';

export interface AppDeps {
  log: Logger;
  lifecycle: Lifecycle;
  board: Board;
  transforms: KnownTransforms;
  streams: EventStreams;
  pictures: Pictures;
  page: ReadonlyMap<string, PageFile>;
  /** Undefined: the page is read-only. */
  token?: string;
  /** Undefined where there is nothing to ask with. Resolves to the job that was asked for. */
  askAgain?: (job: JobObject, transform: ResolvedTransform) => Promise<string>;
  cancel: (job: JobObject) => Promise<void>;
  /** Undefined where no log lines are kept here. */
  logs?: JobLogs;
  /** Undefined where there are no credentials for any storage. */
  media?: (job: JobObject, transform: ResolvedTransform) => Promise<MediaLinks>;
  mediaFor: 'anyone' | 'token';
  /** Origins of the storage servers, as browsers reach them. */
  mediaOrigins: () => string[];
  links: Links;
}

/** Told to whoever finds as many streams open as may be, in seconds. */
const retryAfter = 10;

export function createDashboardApp(deps: AppDeps): Hono {
  const { log, lifecycle, board, transforms, streams, pictures, page, token } = deps;
  const app = new Hono();
  const signedIn = (c: Context) => {
    const given = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    return token !== undefined && given !== undefined && sameSecret(given, token);
  };
  const needToken = (c: Context) => {
    if (!signedIn(c)) throw new Fault('DASHBOARD_TOKEN_WRONG');
  };
  /** What must be done before this process may end. */
  const inHand = <T>(work: Promise<T>) => work.finally(lifecycle.begin());
  const jobOf = (c: Context) => board.job(`${c.req.param('namespace')}/${c.req.param('name')}`);

  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(safeHeaders(deps.mediaOrigins()))) {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    }
    if (lifecycle.draining()) c.res.headers.set('connection', 'close');
  });

  app.get('/health/liveness', (c) => c.body(null, 200));
  app.get('/health/readiness', (c) => {
    const ready = board.since(undefined).ready && !lifecycle.draining();
    return c.json(
      { ready, draining: lifecycle.draining(), jobs: board.jobs().length, readers: streams.count },
      ready ? 200 : 503,
    );
  });

  app.get('/events', (c) => events(c, streams.open(c.req.header('last-event-id'))));

  app.get('/api/me', (c) => {
    if (c.req.header('authorization') !== undefined) needToken(c);
    const signed = signedIn(c);
    return c.json({
      signedIn: signed,
      canSignIn: token !== undefined,
      canRetry: signed && deps.askAgain !== undefined,
      canCancel: signed,
      canSeeMedia: deps.media !== undefined && (deps.mediaFor === 'anyone' || signed),
    });
  });

  app.get('/api/jobs', (c) => c.json(findJobs(board.jobs(), c.req.query())));
  app.get('/api/transforms', (c) => c.json({ transforms: board.transforms() }));
  app.get('/api/jobs/:namespace/:name', (c) => {
    const job = jobOf(c);
    return job ? c.json(jobPage(job, deps.links, deps.logs !== undefined)) : missing(c, 'job');
  });
  app.get('/api/jobs/:namespace/:name/moment.svg', async (c) => {
    const job = jobOf(c);
    const picture = job && deps.media && (await pictures.moment(transforms.of(job), job));
    return picture === undefined ? missing(c, 'picture') : svg(c, picture);
  });
  app.get('/api/jobs/:namespace/:name/media', async (c) => {
    if (deps.mediaFor !== 'anyone') needToken(c);
    const job = jobOf(c);
    if (!job || !deps.media) return missing(c, job ? 'storage' : 'job');
    return c.json(await deps.media(job, transforms.of(job)));
  });
  app.get('/api/jobs/:namespace/:name/log', async (c) => {
    const job = jobOf(c);
    const text = job && (await deps.logs?.read(job.metadata.name));
    if (text === undefined) return missing(c, job ? 'log' : 'job');
    return c.body(text, 200, { 'content-type': 'text/plain; charset=utf-8' });
  });
  app.get('/api/jobs/:namespace/:name/log/events', (c) => {
    const job = jobOf(c);
    if (!job || !deps.logs) return missing(c, job ? 'log' : 'job');
    return events(c, deps.logs.follow(job.metadata.name, c.req.header('last-event-id') ?? c.req.query('after')));
  });

  app.post('/api/jobs/:namespace/:name/retry', async (c) => {
    needToken(c);
    const job = jobOf(c);
    if (!job || !deps.askAgain) return missing(c, job ? 'way to ask for jobs' : 'job');
    const asked = await inHand(deps.askAgain(job, transforms.of(job)));
    log.info({ ...aboutJob(job), asked }, 'asked for again from the page');
    return c.json({ job: asked }, 202);
  });
  app.post('/api/jobs/:namespace/:name/cancel', async (c) => {
    needToken(c);
    const job = jobOf(c);
    if (!job) return missing(c, 'job');
    const { state } = jobRow(job);
    if (state === 'Finished' || state === 'Failed') return c.json({ message: 'the job has ended already' }, 409);
    await inHand(deps.cancel(job));
    log.info(aboutJob(job), 'cancelled from the page');
    return c.json({ job: job.metadata.name }, 202);
  });
  app.get('/api/transforms/:kind/:namespace/:name/pipeline.svg', async (c) => {
    const { kind, namespace, name } = c.req.param();
    const transform = transforms.get(`${kind}/${namespace}/${name}`);
    return transform ? svg(c, await pictures.pipeline(transform)) : missing(c, 'picture');
  });

  app.get('*', (c) => {
    const file = page.get(c.req.path);
    if (!file) return missing(c, 'page');
    if (c.req.header('if-none-match') === file.etag) return c.body(null, 304, { etag: file.etag });
    return c.body(file.body, 200, { 'content-type': file.type, etag: file.etag, 'cache-control': 'no-cache' });
  });
  app.all('*', (c) => c.json({ message: 'this cannot be done here' }, 405, { allow: 'GET, HEAD' }));
  app.onError((error, c) => {
    const fault = Fault.from(error);
    log[fault.code === 'INTERNAL' ? 'error' : 'info']({ err: fault, status: fault.status }, 'request refused');
    const { code, message, remedy } = fault;
    return c.json({ code, message, remedy }, fault.status as 400);
  });
  return app;
}

function missing(c: Context, what: string): Response {
  return c.json({ message: `there is no such ${what}` }, 404);
}

/** `stream` is undefined where as many as may be are open. */
function events(c: Context, stream: ReadableStream<Uint8Array> | undefined): Response {
  if (!stream) return c.json({ message: 'as many pages as may be are open' }, 503, { 'retry-after': String(retryAfter) });
  // no proxy is to collect what must come at once
  return c.body(stream, 200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
}

/** Drawn by the server from text of users: as a page of its own it may do nothing at all. */
function svg(c: Context, picture: Uint8Array): Response {
  return c.body(new Uint8Array(picture), 200, {
    'content-type': 'image/svg+xml; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    'cache-control': 'no-cache',
  });
}

/** Nothing runs in the page but its own modules; pictures and media come from here and from the storage. */
function safeHeaders(origins: string[]): Record<string, string> {
  const media = ["'self'", ...origins].join(' ');
  return {
    'content-security-policy': [
      "default-src 'self'",
      `img-src ${media}`,
      `media-src ${media}`,
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  };
}
