import { CloudEvent } from 'cloudevents';
import { describe, expect, it } from 'vitest';
import { createApp, createLifecycle, type FunctionModule, knativeFunction } from '../../../lib/runtime/index.ts';
import { keptLog } from '../../support/functions.ts';

function start() {
  const { log } = keptLog();
  const seen: CloudEvent<unknown>[] = [];
  const counts = { starts: 0, closes: 0 };
  const module: FunctionModule = {
    name: 'sample',
    settings: {},
    async start() {
      counts.starts++;
      const lifecycle = createLifecycle();
      const app = createApp(async (event) => void seen.push(event), { log, lifecycle, bodyLimit: 1024 });
      return { app, lifecycle, log, close: async () => void counts.closes++ };
    },
  };
  return { fn: knativeFunction(module), seen, counts };
}
const event = new CloudEvent<unknown>({ id: '1', source: '/s', type: 't', data: { a: 1 } });

describe('the names that Knative Functions looks for', () => {
  it('start nothing before they are called, and one function for all calls', async () => {
    const { fn, counts } = start();
    expect(counts.starts).toBe(0);
    await fn.init();
    await fn.handle({}, event);
    await fn.liveness();
    expect(counts).toEqual({ starts: 1, closes: 0 });
    await fn.shutdown();
    expect(counts.closes).toBe(1);
    expect((await fn.readiness()).statusCode).toBe(503);
  });

  const ce = { 'ce-id': '1', 'ce-source': '/s', 'ce-type': 't', 'ce-specversion': '1.0', 'content-type': 'application/json' };
  const calls: Array<[name: string, context: object, input?: unknown]> = [
    ['a CloudEvent of its own SDK', {}, event],
    ['a raw body and headers', { method: 'POST', headers: ce, rawBody: '{"a":1}' }],
    ['a parsed body and headers', { method: 'POST', headers: ce, body: { a: 1 } }],
  ];
  it.each(calls)('give the handler %s', async (_name, context, input) => {
    const { fn, seen } = start();
    expect(await fn.handle(context, input)).toMatchObject({ statusCode: 204, body: '' });
    expect(seen).toMatchObject([{ id: '1', type: 't', data: { a: 1 } }]);
  });

  it('refuse what is no event', async () => {
    const { fn } = start();
    expect((await fn.handle({ method: 'POST', body: 'x', headers: {} })).statusCode).toBe(415);
    expect((await fn.handle({ method: 'GET' })).statusCode).toBe(405);
  });
});
