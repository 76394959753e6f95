/** Pictures of a pipeline that plays in a child, as DOT. */
import type { Child } from './child-process.ts';
import type { Report } from './protocol.ts';
import type { Redact } from './redact.ts';
import type { DotSnapshot, RunObserver } from './types.ts';

/** One at a time, each with a limit in milliseconds: GStreamer has to lock every element for it. */
export function createDots(child: Child, observer: RunObserver, redact: Redact, limit: number) {
  let id = 0;
  let waiting: { id: number; reason: DotSnapshot['reason']; done: () => void } | undefined;
  return {
    async take(reason: DotSnapshot['reason']): Promise<void> {
      if (waiting && reason === 'interval') return;
      waiting?.done();
      const taken = Promise.withResolvers<void>();
      const timer = setTimeout(taken.resolve, limit);
      waiting = { id: ++id, reason, done: taken.resolve };
      child.send({ kind: 'dot', id });
      await taken.promise;
      clearTimeout(timer);
    },
    onDot(report: Report & { kind: 'dot' }): void {
      if (waiting?.id !== report.id) return;
      const { reason, done } = waiting;
      waiting = undefined;
      if (report.dot) observer.onDot?.({ dot: redact(report.dot), reason, at: new Date() });
      done();
    },
  };
}
