import { describe, expect, it } from 'vitest';
import { createWatchdog, type Sample } from '../../../lib/gst/watchdog.ts';

const limits = { timeout: 100, stall: 10, inputBytes: 1000, outputBytes: 1000 };
const still: Sample = { position: 1, bytesIn: 1, bytesOut: 1, memory: 1, sourceWaits: false };
const begin = (memoryLimit?: number) => createWatchdog({ limits, memoryLimit, now: 0 });

describe('the watchdog', () => {
  const faults: Array<[what: string, sample: Partial<Sample>, now: number, code: string | undefined]> = [
    ['all is well', {}, 1000, undefined],
    ['time is over', {}, 100_001, 'TIMEOUT'],
    ['the last moment of the time', { bytesIn: 2 }, 100_000, undefined],
    ['too much is written', { bytesOut: 1001 }, 1000, 'OUTPUT_TOO_LARGE'],
    ['as much as may be is written', { bytesOut: 1000 }, 1000, undefined],
    ['too much memory is taken', { memory: 501 }, 1000, 'MEMORY_LIMIT'],
  ];
  it.each(faults)('%s', (_what, sample, now, code) => {
    expect(begin(500).look({ ...still, ...sample }, now)?.code).toBe(code);
  });

  it('takes any memory where there is no limit', () => {
    expect(begin().look({ ...still, memory: 1e12 }, 1)).toBeUndefined();
  });

  const moves: Array<[what: string, next: Partial<Sample>]> = [
    ['position', { position: 2 }],
    ['bytes in', { bytesIn: 2 }],
    ['bytes out', { bytesOut: 2 }],
  ];
  it.each(moves)('counts stillness from the last time that %s moved', (_what, next) => {
    const watchdog = begin();
    watchdog.look(still, 0);
    expect(watchdog.look({ ...still, ...next }, 9000)).toBeUndefined();
    expect(watchdog.look({ ...still, ...next }, 19_000)).toBeUndefined();
    expect(watchdog.look({ ...still, ...next }, 19_001)?.code).toBe('STALLED');
  });

  it('a stall for want of input is transient, any other is permanent', () => {
    for (const [sourceWaits, code, faultClass] of [
      [true, 'SOURCE_STALLED', 'transient'],
      [false, 'STALLED', 'permanent'],
    ] as const) {
      const watchdog = begin();
      watchdog.look(still, 0);
      expect(watchdog.look({ ...still, sourceWaits }, 10_001)).toMatchObject({ code, class: faultClass });
    }
  });

  it('counts stillness anew when the pipeline is started again, but not the time', () => {
    const watchdog = begin();
    watchdog.look(still, 0);
    watchdog.restart(9000);
    expect(watchdog.look(still, 18_000)).toBeUndefined();
    watchdog.restart(99_000);
    expect(watchdog.look(still, 100_001)?.code).toBe('TIMEOUT');
  });
});
