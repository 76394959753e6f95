import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../lib/errors.ts';
import { createApp, createLifecycle, type Handler, runFunction, type Served, serve } from '../../../lib/runtime/index.ts';
import type { FunctionModule } from '../../../lib/runtime/types.ts';
import { keptLog } from '../../support/functions.ts';
import { posted, runAt } from '../../support/results.ts';
import { until } from '../../support/until.ts';

const body = JSON.stringify(posted('started', { run: runAt(0), seq: 0 }));
const limit = 1024 ** 2; // bytes
const headers = { 'content-type': 'application/cloudevents+json' };
let served: Served | undefined;
afterEach(async () => {
  await served?.close(0);
  served = undefined;
});

async function start(work: Handler, drainSeconds = 30) {
  const begun = Promise.withResolvers<void>();
  const handler: Handler = (event, context) => {
    begun.resolve();
    return work(event, context);
  };
  const { log, lines } = keptLog();
  const lifecycle = createLifecycle();
  let closed = 0;
  const close = async () => void closed++;
  served = await serve(
    { app: createApp(handler, { log, lifecycle, bodyLimit: limit }), lifecycle, log, close },
    { port: 0, host: '127.0.0.1', drainSeconds },
  );
  const url = `http://127.0.0.1:${served.port}/`;
  /** Resolves with the answer to come, once the handler has the event. */
  const send = async () => {
    const answer = fetch(url, { method: 'POST', headers, body });
    await begun.promise;
    return { answer };
  };
  return { served, url, lifecycle, lines, send, closed: () => closed };
}

describe('a served function', () => {
  it('answers over a socket, with an empty body', async () => {
    const { send } = await start(async () => {
      throw new Fault('MEDIA_CORRUPT', { element: 'x', cause: 'y'.repeat(5000) });
    });
    const answer = await (await send()).answer;
    expect([answer.status, await answer.text()]).toEqual([422, '']);
  });

  it.each([
    ['as its sender says', { 'content-length': String(limit + 1) }],
    ['as comes out when it comes', { 'transfer-encoding': 'chunked' }],
  ])('refuses a body that is too large %s, and goes on', async (_name, length) => {
    const { url } = await start(async () => {});
    const call = request(url, { method: 'POST', headers: { ...headers, ...length } });
    call.end('x'.repeat(limit + 1));
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    expect(answer.resume().statusCode).toBe(413);
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(204);
  });

  it('is at rest again when a caller has gone before all of its event was there', async () => {
    const { url, lifecycle, lines } = await start(async () => {});
    const call = request(url, { method: 'POST', headers: { ...headers, 'content-length': '100' } }).on('error', () => {});
    await new Promise((sent) => call.write('{', sent));
    call.destroy();
    await until(() => lines.some(({ msg }) => msg === 'request refused'));
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'request refused', level: 'warn', status: 503 }));
    await lifecycle.idle();
  });

  it.each(['/a?b=c', 'http://function.example/a?b=c'])('tells its handler the path that was asked for by %s', async (path) => {
    const paths: string[] = [];
    const { served } = await start(async (_event, context) => void paths.push(context.path));
    const call = request({ host: '127.0.0.1', port: served.port, path, method: 'POST', headers }).end(body);
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    expect([answer.resume().statusCode, paths]).toEqual([204, ['/a?b=c']]);
  });

  it('answers HEAD as it does GET, without a body', async () => {
    const { url } = await start(async () => {});
    const answers = ['GET', 'HEAD'].map((method) => fetch(`${url}health/readiness?x=y`, { method }));
    const [get, head] = await Promise.all(answers);
    expect([get?.status, head?.status, get?.headers.get('content-type')]).toEqual([200, 200, head?.headers.get('content-type')]);
    expect([await get?.json(), await head?.text()]).toEqual([{ ready: true, draining: false }, '']);
  });

  it('told to end finishes what it has in hand, then lets go of all', async () => {
    const gate = Promise.withResolvers<void>();
    const { served, url, send, lifecycle, closed } = await start(() => gate.promise);
    let answered = false;
    const { answer } = await send();
    void answer.then(() => {
      answered = true;
    });
    let ended = false;
    const ending = served.close().then(() => {
      ended = true;
    });
    await until(() => lifecycle.draining());
    expect([answered, ended, closed()]).toEqual([false, false, 0]);
    gate.resolve();
    expect((await answer).status).toBe(204);
    await ending;
    expect(closed()).toBe(1);
    await expect(fetch(url)).rejects.toThrow();
  });

  it('whose time to drain is over stops what it has in hand, which then answers', async () => {
    const { served, send, closed } = await start(
      (_event, { signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      0,
    );
    const { answer } = await send();
    await served.close();
    expect((await answer).status).toBe(503);
    expect(closed()).toBe(1);
  });

  it('told twice to end ends at once', async () => {
    const { served, send } = await start(
      (_event, { signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      3600,
    );
    const { answer } = await send();
    void served.close();
    await served.close(0);
    expect((await answer).status).toBe(503);
  });

  it('tells its handler that the caller has gone', async () => {
    const [begun, gone] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { url } = await start(async (_event, context) => {
      context.gone.addEventListener('abort', () => gone.resolve());
      begun.resolve();
      await gone.promise;
    });
    const call = request(url, { method: 'POST', headers }).on('error', () => {});
    call.end(body);
    await begun.promise;
    call.destroy();
    await gone.promise;
  });

  it('on a port that is taken says so', async () => {
    const { served } = await start(async () => {});
    const { log } = keptLog();
    const lifecycle = createLifecycle();
    const running = { app: createApp(async () => {}, { log, lifecycle, bodyLimit: 1 }), lifecycle, log, close: async () => {} };
    await expect(serve(running, { port: served.port, host: '127.0.0.1', drainSeconds: 0 })).rejects.toMatchObject({
      code: 'SETTINGS_INVALID',
      message: expect.stringContaining(`PORT ${served.port} is taken`),
    });
  });
});

describe('the whole life of a function', () => {
  it('begins with its settings and ends with all released', async () => {
    const { log, lines } = keptLog();
    let closed = 0;
    const module: FunctionModule = {
      name: 'sample',
      settings: {},
      async start() {
        const lifecycle = createLifecycle();
        return {
          app: createApp(async () => {}, { log, lifecycle, bodyLimit: 1 }),
          lifecycle,
          log,
          close: async () => void closed++,
        };
      },
    };
    const end = new AbortController();
    const listeners = process.listenerCount('SIGTERM');
    const life = runFunction(module, { PORT: '0', HOST: '127.0.0.1' }, { signal: end.signal });
    await until(() => lines.some(({ msg }) => msg === 'listening'));
    expect(process.listenerCount('SIGTERM')).toBe(listeners + 1);
    end.abort();
    await life;
    expect([closed, process.listenerCount('SIGTERM')]).toEqual([1, listeners]);
    await expect(runFunction(module, { PORT: 'x' })).rejects.toMatchObject({ code: 'SETTINGS_INVALID' });
  });
});
