import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Part } from '../../../lib/storage/part-plan.ts';
import { sendWhileGrowing } from '../../../lib/storage/tail.ts';
import { until } from '../../support/until.ts';

const MiB = 1024 * 1024;
const settings = { pollInterval: 1, longestPoll: 4, safetyMargin: 1, partsInFlight: 2, tailPause: 1 };

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gst-tail-'));
  path = join(folder, 'out');
  await writeFile(path, '');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A tail whose parts stay in flight until they are told to end. */
function startTail() {
  const stop = new AbortController();
  const inFlight = new Map<number, PromiseWithResolvers<void>>();
  const begun: number[] = [];
  let opened = 0;
  let ended = false;
  const send = ({ number }: Part) => {
    begun.push(number);
    const flight = Promise.withResolvers<void>();
    inFlight.set(number, flight);
    return flight.promise;
  };
  const tail = sendWhileGrowing(path, { open: () => void opened++, send }, settings, stop.signal).then(() => {
    ended = true;
  });
  return {
    tail,
    begun,
    opened: () => opened,
    ended: () => ended,
    stop: () => stop.abort(),
    arrives: (number: number) => inFlight.get(number)?.resolve(),
    fails: (number: number) => inFlight.get(number)?.reject(new Error('no connection')),
  };
}

describe('the tail of a growing file', () => {
  it('opens the upload, once, when one PUT is no longer enough, and before a part is whole', async () => {
    const { tail, begun, opened, stop, arrives } = startTail();
    await truncate(path, 8 * MiB);
    await truncate(path, 9 * MiB);
    await until(() => opened() === 1);
    expect(begun).toEqual([]);
    await truncate(path, 24 * MiB + 1);
    await until(() => begun.length === 1);
    arrives(2);
    stop();
    await tail;
    expect(opened()).toBe(1);
  });

  it('opens nothing for a file that one PUT is enough for', async () => {
    await truncate(path, 8 * MiB);
    const { tail, opened, stop } = startTail();
    stop();
    await tail;
    expect(opened()).toBe(0);
  });

  it('has no more parts in flight than allowed, and none from the stop on; it ends with the last in flight', async () => {
    await truncate(path, 90 * MiB);
    const { tail, begun, ended, stop, arrives } = startTail();
    await until(() => begun.length === 2);
    arrives(3);
    await until(() => begun.length === 3);
    expect(begun).toEqual([2, 3, 4]);
    stop();
    arrives(2);
    await new Promise(setImmediate);
    expect(ended()).toBe(false);
    arrives(4);
    await tail;
    expect(begun).toEqual([2, 3, 4]);
  });

  it('sends a part again that failed', async () => {
    await truncate(path, 24 * MiB + 1);
    const { tail, begun, stop, arrives, fails } = startTail();
    await until(() => begun.length === 1);
    fails(2);
    await until(() => begun.length === 2);
    expect(begun).toEqual([2, 2]);
    arrives(2);
    stop();
    await tail;
  });
});
