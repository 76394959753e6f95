/** Decides when a run must end: pure, fed with what was seen and when. */
import { Fault } from '../errors.ts';
import type { Limits } from '../events/types.ts';

/** What moves in a run that lives. */
export interface Sample {
  /** Seconds of media; undefined before it is known. */
  position: number | undefined;
  bytesIn: number;
  bytesOut: number;
  /** Resident bytes of the child. */
  memory: number;
  /** Everything waits for the source. */
  sourceWaits: boolean;
}

export interface WatchdogOptions {
  limits: Limits;
  /** Bytes; undefined: no limit. */
  memoryLimit: number | undefined;
  /** Milliseconds of a clock that never goes back. */
  now: number;
}

export interface Watchdog {
  /** The fault that ends the run, or undefined. */
  look(sample: Sample, now: number): Fault | undefined;
  /** Counts stillness from here: the pipeline was started again. */
  restart(now: number): void;
}

export function createWatchdog({ limits, memoryLimit, now: begun }: WatchdogOptions): Watchdog {
  let moved = begun;
  let last: Sample | undefined;
  return {
    restart(now) {
      moved = now;
      last = undefined;
    },
    look(sample, now) {
      const { position, bytesIn, bytesOut, memory, sourceWaits } = sample;
      if (!last || position !== last.position || bytesIn !== last.bytesIn || bytesOut !== last.bytesOut) moved = now;
      last = sample;
      if (memoryLimit !== undefined && memory > memoryLimit) return new Fault('MEMORY_LIMIT', { limit: memoryLimit });
      if (bytesOut > limits.outputBytes) return new Fault('OUTPUT_TOO_LARGE', { limit: limits.outputBytes });
      if (now - begun > limits.timeout * 1000) return new Fault('TIMEOUT', { limit: limits.timeout });
      if (now - moved > limits.stall * 1000)
        return new Fault(sourceWaits ? 'SOURCE_STALLED' : 'STALLED', { limit: limits.stall });
      return undefined;
    },
  };
}
