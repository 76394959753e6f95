/** Why a child ended by itself: for want of memory, or by a fault of a plugin. */
import { Fault } from '../errors.ts';
import type { Child } from './child-process.ts';
import { outOfMemoryKills } from './process-memory.ts';
import type { Redact } from './redact.ts';

export interface CrashDeps {
  /** Kills for want of memory that the container had seen before the run. */
  killsBefore: number;
  redact: Redact;
  /** Bytes. */
  memoryLimit: number | undefined;
}

/** `how` is the signal, or `status N`. Gives MEMORY_LIMIT or CHILD_CRASHED, with the last lines of the child's stderr. */
export async function crashOf(child: Child, how: string, { killsBefore, redact, memoryLimit }: CrashDeps): Promise<Fault> {
  const debug = redact(child.stderrTail());
  const outOfMemory =
    (how === 'SIGKILL' && (await outOfMemoryKills()) > killsBefore) ||
    /failed to allocate \d+ bytes|cannot allocate memory/i.test(debug);
  if (outOfMemory) return new Fault('MEMORY_LIMIT', { limit: memoryLimit ?? 'the container’s' }, { debug });
  return new Fault('CHILD_CRASHED', { cause: how }, { debug });
}
