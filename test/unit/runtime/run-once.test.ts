import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../../lib/errors.ts';
import { createApp, createLifecycle, type FunctionModule, type Handler, runOnce } from '../../../lib/runtime/index.ts';
import { keptLog } from '../../support/functions.ts';
import { posted, runAt } from '../../support/results.ts';

const event = posted('started', { run: runAt(0), seq: 0 });
let folder: string;
let closed: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gst-once-'));
  await writeFile(join(folder, 'event'), JSON.stringify(event));
  closed = 0;
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function functionOf(handler: Handler): FunctionModule {
  return {
    name: 'test',
    settings: {},
    async start() {
      const { log } = keptLog();
      const lifecycle = createLifecycle();
      const close = async () => void closed++;
      return { app: createApp(handler, { log, lifecycle, bodyLimit: 1024 ** 2 }), lifecycle, log, close };
    },
  };
}

const run = (handler: Handler, options = {}, env = {}) =>
  runOnce(functionOf(handler), { K_EVENT_PATH: folder, DRAIN_SECONDS: '30', ...env }, options);
const failing = (code: 'MEDIA_EMPTY' | 'EVENT_SIGNATURE' | 'BUSY' | 'SHUTTING_DOWN') => () => Promise.reject(new Fault(code));

describe('a function for one event', () => {
  it('handles the event of the folder as if it had been posted, and lets go of all', async () => {
    const seen: unknown[] = [];
    const status = await run(async ({ id, type, data }, { gone, draining }) => {
      seen.push(id, type, data, gone.aborted, draining());
    });
    expect(status).toBe(0);
    expect(seen).toEqual([event.id, event.type, event.data, false, false]);
    expect(closed).toBe(1);
  });

  const ends: Array<[name: string, handler: Handler, status: number]> = [
    ['a failure for good, which was told, as done', failing('MEDIA_EMPTY'), 0],
    ['a request that will never do as one that is not to be tried again', failing('EVENT_SIGNATURE'), 2],
    ['a busy process as worth another try', failing('BUSY'), 1],
    ['a failure that may pass as worth another try', failing('SHUTTING_DOWN'), 1],
    ['what nobody expected as worth another try', () => Promise.reject(new Error('oops')), 1],
  ];
  it.each(ends)('ends %s', async (_name, handler, status) => {
    expect(await run(handler)).toBe(status);
    expect(closed).toBe(1);
  });

  it('cannot read what is no event, and will not try again', async () => {
    await writeFile(join(folder, 'event'), '{"id":');
    expect(await run(async () => {})).toBe(2);
  });

  it('says what is wrong where there is no file', async () => {
    await rm(join(folder, 'event'));
    await expect(run(async () => {})).rejects.toMatchObject({
      code: 'SETTINGS_INVALID',
      message: expect.stringContaining('K_EVENT_PATH'),
    });
  });

  it('that is told to end finishes what it has in hand', async () => {
    const end = new AbortController();
    const status = await run(
      async (_event, { draining }) => {
        end.abort();
        await new Promise((resolve) => setImmediate(resolve));
        expect(draining()).toBe(true);
      },
      { signal: end.signal },
    );
    expect(status).toBe(0);
  });

  it('tells its work to stop when the time to drain is over, to be tried again', async () => {
    const end = new AbortController();
    const status = await run(
      async (_event, { signal }) => {
        end.abort();
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
      },
      { signal: end.signal },
      { DRAIN_SECONDS: '0' },
    );
    expect(status).toBe(1);
  });

  it('begins nothing when its end was asked for before', async () => {
    let begun = false;
    const handler: Handler = async (_event, { draining }) => {
      if (draining()) throw new Fault('SHUTTING_DOWN');
      begun = true;
    };
    expect(await run(handler, { signal: AbortSignal.abort() })).toBe(1);
    expect(begun).toBe(false);
  });
});
