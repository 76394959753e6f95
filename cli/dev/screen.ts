/** What `dev` shows: the lines of all processes in one, and what becomes of each job. */
import type { CloudEvent } from 'cloudevents';
import { type Progress, typePrefix } from '../../lib/events/types.ts';
import { readableLine } from '../../lib/runtime/index.ts';
import { renderBar } from '../progress-bar.ts';
import { logEntry } from './log-line.ts';

const labelWidth = 11; // characters
const plainInterval = 2_000; // ms between two lines of progress of one job

export interface Screen {
  /** A line that a process printed. */
  line(label: string, line: string): void;
  /** Shows progress; all else is in the logs of the functions. */
  event(event: CloudEvent<unknown>): void;
}

export function createScreen(output: { write(text: string): unknown }, json: boolean): Screen {
  const shown = new Map<string, number>();
  return {
    line(label, line) {
      const entry = logEntry(line);
      if (json) output.write(`${JSON.stringify(entry ? { ...entry, name: label } : { name: label, msg: line })}\n`);
      else if (entry) output.write(readableLine(JSON.stringify({ ...entry, name: label.padEnd(labelWidth) })));
      else output.write(`${' '.repeat(14)} ${label.padEnd(labelWidth)} ${line}\n`);
    },
    event({ type, data, subject, time }) {
      if (json || !type.startsWith(typePrefix)) return;
      const job = String(subject);
      if (type !== `${typePrefix}progress`) return void shown.delete(job);
      const now = performance.now();
      if (now - (shown.get(job) ?? Number.NEGATIVE_INFINITY) < plainInterval) return;
      shown.set(job, now);
      const said = `${renderBar(data as Progress)}  ${job}`;
      output.write(readableLine(JSON.stringify({ time, level: 'info', name: 'progress'.padEnd(labelWidth), msg: said })));
    },
  };
}
