import { CloudEvent } from 'cloudevents';
import { describe, expect, it } from 'vitest';
import { Fault, type FaultCode } from '../../../lib/errors.ts';
import { type AppOptions, createApp, createHttpApp, createLifecycle, type Handler } from '../../../lib/runtime/index.ts';
import { keptLog } from '../../support/functions.ts';
import { post } from '../../support/requests.ts';

const event = new CloudEvent<unknown>({ id: '1', source: '/s', type: 't', data: { a: 1 } });

function start(handler: Handler, options: Partial<AppOptions> = {}) {
  const { log, lines } = keptLog();
  const lifecycle = createLifecycle();
  const app = createApp(handler, { log, lifecycle, bodyLimit: 1024, ...options });
  const ask = async (path: string, init?: RequestInit) => app.fetch(new Request(`http://function${path}`, init));
  return { app, ask, lifecycle, lines, send: async (path = '/') => app.fetch(post(event, `http://function${path}`)) };
}
const failing =
  (error: unknown): Handler =>
  async () => {
    throw error;
  };

describe('the answer to an event', () => {
  const faults: Array<[code: FaultCode, status: number]> = [
    ['MEDIA_CORRUPT', 422],
    ['STORAGE_UNREACHED', 503],
    ['BUSY', 429],
    ['SOURCE_GONE', 204],
    ['EVENT_MALFORMED', 400],
    ['EVENT_UNAUTHORIZED', 401],
    ['EVENT_TOO_LARGE', 413],
    ['EVENT_MEDIA_TYPE', 415],
    ['SHUTTING_DOWN', 503],
  ];
  it.each(faults)('is, after %s, %i with an empty body', async (code, status) => {
    const answer = await start(failing(new Fault(code))).send();
    expect([answer.status, await answer.text()]).toEqual([status, '']);
    expect(answer.headers.get('retry-after')).toBe(status === 429 ? '5' : null);
  });

  it('is 204 when the work is done', async () => {
    let seen: unknown;
    const answer = await start(async ({ data }, { path }) => {
      seen = [data, path];
    }).send('/a?b=c');
    expect([answer.status, await answer.text(), seen]).toEqual([204, '', [{ a: 1 }, '/a?b=c']]);
  });

  it.each([new Error('x'.repeat(5000)), 'text', undefined, null])(
    'is 503 after what nobody foresaw (%s), with a line in the log',
    async (error) => {
      const { send, lines } = start(failing(error));
      const answer = await send();
      expect([answer.status, await answer.text()]).toEqual([503, '']);
      expect(lines).toMatchObject([{ level: 'error', msg: 'request refused' }]);
    },
  );

  it('names the job in that line, where the event is about one', async () => {
    const { app, lines } = start(failing(new Fault('STORAGE_UNREACHED')));
    const transform = { namespace: 'n', name: 't' };
    const type = 'io.gst.pipelines.transform.requested';
    const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
    const asked = new CloudEvent<unknown>({ id: '2', source: '/s', type, subject: 'j', data: { transform }, traceparent });
    await app.fetch(post(asked));
    expect(lines).toMatchObject([{ msg: 'request refused', job: 'j', transform: 'n/t', traceId: '1'.repeat(32), event: '2' }]);
  });

  const unusable: Array<[name: string, init: RequestInit, status: number]> = [
    ['no event', { method: 'POST' }, 400],
    ['a form', { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=1' }, 415],
    ['a batch', { method: 'POST', headers: { 'content-type': 'application/cloudevents-batch+json' }, body: '[]' }, 415],
    ['too large a body', { method: 'POST', body: 'x'.repeat(1025) }, 413],
    ['another method', { method: 'PUT', body: 'x' }, 405],
    ['DELETE', { method: 'DELETE' }, 405],
    ['GET', {}, 405],
  ];
  it.each(unusable)('is empty, and final, to %s', async (_name, init, status) => {
    const { ask } = start(failing(new Error('not called')));
    for (const path of ['/', '/any/where']) {
      const answer = await ask(path, init);
      expect([answer.status, await answer.text()]).toEqual([status, '']);
    }
  });

  it('is empty to a body that is as large as it may be', async () => {
    const { ask } = start(failing(new Error('not called')));
    expect((await ask('/', { method: 'POST', body: 'x'.repeat(1024) })).status).toBe(415);
  });

  it('names the event in the log lines of its handler', async () => {
    const { send, lines } = start(async (_event, { log }) => log.info('here'));
    await send();
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'here', event: '1', type: 't' }));
  });
});

describe('health', () => {
  it('is what the function says of itself', async () => {
    let ready = false;
    const { ask } = start(async () => {}, { readiness: () => ({ ready, transforms: 3 }), liveness: () => ready });
    const health = async (kind: string) => (await ask(`/health/${kind}`)).status;
    expect([await health('readiness'), await health('liveness')]).toEqual([503, 503]);
    ready = true;
    expect([await health('readiness'), await health('liveness')]).toEqual([200, 200]);
    expect(await (await ask('/health/readiness')).json()).toEqual({ ready: true, transforms: 3, draining: false });
  });

  it('is unready, and alive, while it drains', async () => {
    const { ask, lifecycle, send } = start(async () => {});
    lifecycle.drain();
    expect([(await ask('/health/readiness')).status, (await ask('/health/liveness')).status]).toEqual([503, 200]);
    // what was sent already is taken, on a connection that then ends
    const answer = await send();
    expect([answer.status, answer.headers.get('connection')]).toEqual([204, 'close']);
  });
});

describe('work in hand', () => {
  it('is counted until its answer, also when it fails', async () => {
    const [gate, begun] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { send, lifecycle } = start(() => {
      begun.resolve();
      return gate.promise;
    });
    const answer = send();
    await begun.promise;
    let idle = false;
    const waiting = lifecycle.idle().then(() => {
      idle = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(idle).toBe(false);
    gate.reject(new Fault('TIMEOUT', { limit: 1 }));
    expect((await answer).status).toBe(422);
    await waiting;
    expect(idle).toBe(true);
  });

  it('is told when its caller has gone', async () => {
    const gone = Promise.withResolvers<void>();
    const { app } = start(async (_event, context) => {
      context.gone.addEventListener('abort', () => gone.resolve());
      await gone.promise;
    });
    const caller = new AbortController();
    const answer = app.fetch(new Request(post(event), { signal: caller.signal }));
    setImmediate(() => caller.abort());
    expect((await answer).status).toBe(204);
  });
});

describe('an app of plain requests', () => {
  it('is given the bytes of the body as they came', async () => {
    const { log } = keptLog();
    let bytes: Uint8Array | undefined;
    const app = createHttpApp(
      async ({ body }) => {
        bytes = body;
      },
      { log, lifecycle: createLifecycle(), bodyLimit: 1024, ping: true },
    );
    const body = new Uint8Array([0, 255, 1]);
    expect((await app.fetch(new Request('http://function/', { method: 'POST', body }))).status).toBe(204);
    expect(bytes && [...bytes]).toEqual([...body]);
    expect((await app.fetch(new Request('http://function/x'))).status).toBe(200);
  });
});
