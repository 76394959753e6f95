import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../lib/errors.ts';
import { createLog } from '../../../lib/runtime/index.ts';

function start(format: string, isTTY = false) {
  let text = '';
  const output = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        text += chunk;
        done();
      },
    }),
    { isTTY },
  );
  return { log: createLog({ name: 'sample', level: 'info', format, output }), written: () => text };
}

describe('a log line', () => {
  it('is JSON for machines: level in words, time, name', () => {
    const { log, written } = start('auto');
    log.info({ job: 'a' }, 'done');
    log.debug('not this');
    const line = JSON.parse(written());
    expect(line).toMatchObject({ level: 'info', name: 'sample', msg: 'done', job: 'a' });
    expect(line.time).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(written().trim().split('\n')).toHaveLength(1);
  });

  it.each([
    ['text', false],
    ['auto', true],
  ])('is one plain line for people (%s, on a terminal: %s)', (format, tty) => {
    const { log, written } = start(format, tty);
    log.warn({ job: 'a', err: new Fault('SCRATCH_FULL', { path: '/scratch' }) }, 'run failed');
    expect(written()).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} ! sample {5}run failed job=a SCRATCH_FULL: The scratch space at \/scratch is full\.\n$/,
    );
  });

  it('tells of a fault its code and remedy, and no stack', () => {
    const { log, written } = start('json');
    log.warn(
      { err: new Fault('ELEMENT_FAILED', { element: 'x', cause: 'y' }, { cause: new Error('inner'), element: 'x' }) },
      'm',
    );
    const { err } = JSON.parse(written());
    expect(err).toEqual({ code: 'ELEMENT_FAILED', message: 'x failed: y', remedy: expect.any(String), element: 'x' });
  });

  it('tells of what nobody foresaw where it happened', () => {
    const { log, written } = start('json');
    for (const err of [new TypeError('oops'), Fault.from(new TypeError('oops'))]) log.error({ err }, 'm');
    for (const line of written().trim().split('\n')) {
      expect(JSON.parse(line).err).toMatchObject({
        type: 'TypeError',
        message: 'oops',
        stack: expect.stringContaining('log.test.ts'),
      });
    }
  });
});
