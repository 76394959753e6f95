/**
 * Whatever is sent to a function: it answers, never by a 5xx where nothing around it is broken, a POST without a body;
 * and the next good event is handled. An unhandled rejection would fail the run.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudEvent } from 'cloudevents';
import fc from 'fast-check';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { createHandler as createDispatcher } from '../../../functions/dispatcher/handler.ts';
import { createReconciler } from '../../../functions/reconciler/handler.ts';
import { recorder } from '../../../functions/recorder/index.ts';
import { bearer } from '../../../functions/source/authorized.ts';
import { createHandler as createSource } from '../../../functions/source/handler.ts';
import { createAdmit } from '../../../functions/transcode/admit.ts';
import { sign } from '../../../lib/events/index.ts';
import { loadCatalogue } from '../../../lib/graph/index.ts';
import { createApp, createHttpApp, createLifecycle } from '../../../lib/runtime/index.ts';
import { createTransformIndex } from '../../../lib/transform/index.ts';
import { dashboardApp, bearer as token } from '../../support/dashboard-app.ts';
import { fakeBroker, notification } from '../../support/functions.ts';
import { hostileRequest, mutated, wellFormed } from '../../support/hostile-requests.ts';
import { eventKey, post, requestedEvent } from '../../support/requests.ts';
import { posted, request as recorded, runAt } from '../../support/results.ts';
import { fakeTranscode } from '../../support/transcode-fakes.ts';
import { resolved } from '../../support/transforms.ts';

interface Target {
  /** What it takes, as JSON. */
  good: unknown;
  /** Sends that, and looks at what it did. */
  works(): Promise<void>;
  fetch(request: Request): Response | Promise<Response>;
  paths?: string[];
  headers?: Record<string, string>;
  close?(): Promise<void>;
}

const log = pino({ level: 'silent' });
const app = { log, bodyLimit: 2 ** 20 };
const plain = (event: CloudEvent<unknown>) => JSON.parse(JSON.stringify(event)) as Record<string, unknown>;
const objectEvent = new CloudEvent<unknown>({
  id: 'a',
  source: 'b',
  type: 'com.amazonaws.s3.ObjectCreated:Put',
  data: notification(),
});

const targets: Record<string, () => Promise<Target>> = {
  async source() {
    const { publish, events } = fakeBroker();
    const headers = { authorization: 'Bearer secret' };
    const { fetch } = createHttpApp(createSource({ publish, authorized: bearer('secret') }), {
      ...app,
      lifecycle: createLifecycle(),
    });
    return {
      good: notification(),
      headers,
      fetch,
      async works() {
        events.length = 0;
        const body = JSON.stringify(notification());
        expect((await fetch(new Request('http://source/', { method: 'POST', headers, body }))).status).toBe(204);
        expect(events).toHaveLength(1);
      },
    };
  },
  async dispatcher() {
    const { publish, events } = fakeBroker();
    const transforms = createTransformIndex([resolved({ name: 'drop' })]);
    const handler = createDispatcher({ transforms, ready: () => true, publish, eventKey, newRun: () => runAt(0) });
    const { fetch } = createApp(handler, { ...app, lifecycle: createLifecycle() });
    return {
      good: plain(objectEvent),
      fetch,
      async works() {
        events.length = 0;
        expect((await fetch(post(objectEvent))).status).toBe(204);
        expect(events).toHaveLength(1);
      },
    };
  },
  async transcode() {
    const ceilings = { timeout: 60, inputBytes: 1e9, outputBytes: 1e9 };
    const admit = createAdmit({ catalogue: loadCatalogue(), allowedEndpoints: [], ceilings });
    const fake = await fakeTranscode({ admit });
    const data = fake.request({ source: await fake.source('in/a.mkv'), sinks: { out: 'media/out/a.mkv' } });
    return {
      good: plain(requestedEvent(data)),
      fetch: async (request) => {
        const response = await fake.fetch(request);
        expect(await fake.scratch()).toEqual([]);
        return response;
      },
      async works() {
        fake.events.length = 0;
        expect((await fake.ask(data)).status).toBe(204);
        expect(fake.kinds().at(-1)).toBe('succeeded');
      },
      close: fake.remove,
    };
  },
  async recorder() {
    const folder = await mkdtemp(join(tmpdir(), 'gst-fuzz-'));
    const running = await recorder.start({ JOBS_DIR: folder }, { log });
    const good = posted('succeeded', { run: runAt(1), seq: 3 });
    return {
      good: plain(good),
      paths: ['/', '/dead', '/dead/letter?x'],
      fetch: running.app.fetch,
      works: async () => void expect((await running.app.fetch(post(good))).status).toBe(204),
      async close() {
        await running.close();
        await rm(folder, { recursive: true });
      },
    };
  },
  async reconciler() {
    let passes = 0;
    const { handler } = createReconciler(async () => void passes++);
    const { fetch } = createApp(handler, { ...app, lifecycle: createLifecycle() });
    const good = new CloudEvent<unknown>({ id: 'a', source: 'b', type: 'dev.knative.sources.ping', data: {} });
    return {
      good: plain(good),
      paths: ['/', '/sweep', '/sweep/%'],
      fetch,
      async works() {
        const before = passes;
        expect((await fetch(post(good))).status).toBe(204);
        expect(passes).toBe(before + 1);
      },
    };
  },
  async dashboard() {
    const { ask } = await dashboardApp({ token: 'token' });
    const api = [
      '/api/jobs/x/y/retry',
      '/api/jobs/__proto__/constructor',
      '/api/jobs/%2e%2e/%00',
      '/api/jobs?limit=-1&q=%ff&q=b&state[]=x',
    ];
    const pictures = ['/api/transforms/__proto__/a/b/pipeline.svg', '/api/jobs/a/b/moment.svg', '/api/jobs/a/b/media'];
    return {
      good: {},
      headers: token('token').headers,
      paths: ['/', '/%', '/page/%2e%2e/%2e%2e/index.ts', '/api/me', ...api, ...pictures],
      fetch: (request) => ask(new URL(request.url).pathname + new URL(request.url).search, request),
      works: async () => void expect((await ask('/')).status).toBe(200),
    };
  },
};

/** Answers and looks. */
async function answered(target: Target, request: Request, name: string): Promise<void> {
  const { method } = request;
  const response = await target.fetch(request);
  const body = await response.text();
  expect(response.status, `${method} ${request.url}`).toBeLessThan(500);
  // the dashboard speaks to browsers, the others to the Broker
  if (method === 'POST' && name !== 'dashboard') expect(body).toBe('');
}

describe.each(Object.keys(targets))('%s', (name) => {
  it('takes anything, and then a good event', async () => {
    const target = await (targets[name] as () => Promise<Target>)();
    try {
      await target.works();
      const requests = hostileRequest({ good: target.good, paths: target.paths ?? ['/', '/a/b?c=%'], headers: target.headers });
      await fc.assert(
        fc.asyncProperty(requests, (request) => answered(target, request, name)),
        { numRuns: 150 },
      );
      // events that are whole but for a few parts: they come further in
      const send = (event: unknown) =>
        fc.constantFrom(...(target.paths ?? ['/'])).map(
          (path) =>
            new Request(`http://function${path}`, {
              method: 'POST',
              headers: { 'content-type': 'application/cloudevents+json', ...target.headers },
              body: JSON.stringify(event),
            }),
        );
      await fc.assert(
        fc.asyncProperty(mutated(target.good).chain(send), (request) => answered(target, request, name)),
        { numRuns: 200 },
      );
      await target.works();
    } finally {
      await target.close?.();
    }
  });
});

describe('what once was answered by a 5xx', () => {
  const nested = '['.repeat(100_000) + ']'.repeat(100_000);
  const length = { length: { toString: 1 } };
  const cases: Array<[what: string, name: string, body: (good: Record<string, unknown>) => string]> = [
    [
      'JSON that is nested deeper than the stack',
      'transcode',
      (good) => JSON.stringify({ ...good, data: 'x' }).replace('"x"', nested),
    ],
    ['half a surrogate pair in a request', 'transcode', (good) => JSON.stringify({ ...good, data: { job: '\ud800' } })],
    [
      'a name that is an object with a length',
      'recorder',
      (good) => JSON.stringify({ ...good, data: { sinks: [{ name: length }] } }),
    ],
  ];
  it.each(cases)('%s is malformed', async (_what, name, body) => {
    const target = await (targets[name] as () => Promise<Target>)();
    const headers = { 'content-type': 'application/cloudevents+json' };
    const request = { method: 'POST', headers, body: body(target.good as Record<string, unknown>) };
    expect((await target.fetch(new Request('http://function/', request))).status).toBe(400);
    await target.close?.();
  });

  it('half a surrogate pair in a record: the object is told, without it', async () => {
    const target = await (targets.dispatcher as () => Promise<Target>)();
    const data = notification({ contentType: '\ud800', versionId: '\udfff', userMetadata: { 'x-amz-meta-gst-chain': '\ud800' } });
    expect((await target.fetch(post(objectEvent.cloneWith({ data })))).status).toBe(204);
    await target.works();
  });
});

describe('a request that is signed with the right key', () => {
  it('and holds anything is refused or done, and never takes transcode down', async () => {
    const target = await (targets.transcode as () => Promise<Target>)();
    const good = target.good as { data: unknown };
    try {
      await fc.assert(
        fc.asyncProperty(mutated(good.data).filter(wellFormed), async (data) => {
          const event = { ...good, data, signature: sign(data, eventKey) };
          const headers = { 'content-type': 'application/cloudevents+json' };
          const request = new Request('http://function/', { method: 'POST', headers, body: JSON.stringify(event) });
          await answered(target, request, 'transcode');
        }),
        { numRuns: 300 },
      );
      await target.works();
    } finally {
      await target.close?.();
    }
  });
});

describe('the dead letter of a request of any shape', () => {
  it('is taken: nobody could take it later', async () => {
    const target = await (targets.recorder as () => Promise<Target>)();
    const good = plain(requestedEvent(recorded));
    try {
      await fc.assert(
        fc.asyncProperty(mutated(good.data), async (data) => {
          const headers = { 'content-type': 'application/cloudevents+json' };
          const body = JSON.stringify({ ...good, data, knativeerrorcode: '503' });
          const response = await target.fetch(new Request('http://function/dead', { method: 'POST', headers, body }));
          expect([response.status, await response.text()]).toEqual([204, '']);
        }),
        { numRuns: 200 },
      );
    } finally {
      await target.close?.();
    }
  });
});

describe('this way of asking', () => {
  it('finds a handler that trusts the shape of its event', async () => {
    const naive = createApp(async ({ data }) => void (data as { Records: string[] }).Records.map((record) => record.trim()), {
      ...app,
      lifecycle: createLifecycle(),
    });
    const requests = hostileRequest({ good: plain(objectEvent), paths: ['/'] });
    const target = { good: {}, fetch: naive.fetch, works: async () => {} };
    const found = await fc.check(
      fc.asyncProperty(requests, (request) => answered(target, request, 'naive')),
      { numRuns: 100, endOnFailure: true },
    );
    expect(found.failed).toBe(true);
  });
});
