/** Functions in this process: what they publish, what they log, and requests to them. */
import type { CloudEvent } from 'cloudevents';
import pino from 'pino';
import { Fault } from '../../lib/errors.ts';
import type { Publish } from '../../lib/runtime/index.ts';
import type { PostedEvent } from './broker-sink.ts';

export interface FakeBroker {
  publish: Publish;
  /** In the form in which they would be posted. */
  events: PostedEvent[];
  /** From now on, events for which this is true are refused. */
  refuse(which: (event: PostedEvent) => boolean): void;
}

export function fakeBroker(): FakeBroker {
  const events: PostedEvent[] = [];
  let refused: (event: PostedEvent) => boolean = () => false;
  return {
    events,
    async publish(event: CloudEvent<unknown>) {
      const posted = JSON.parse(JSON.stringify(event)) as PostedEvent;
      await Promise.resolve();
      if (refused(posted)) throw new Fault('PUBLISH_FAILED', { address: 'broker', cause: 'it answered 500' });
      events.push(posted);
    },
    refuse(which) {
      refused = which;
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: log lines hold anything
export type LogLine = { level: string; msg: string; [field: string]: any };

/** A logger that keeps its lines. */
export function keptLog(level = 'debug'): { log: pino.Logger; lines: LogLine[] } {
  const lines: LogLine[] = [];
  const formatters = { level: (label: string) => ({ level: label }) };
  const log = pino({ level, base: null, formatters }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { log, lines };
}

/** An MinIO notification of one record; `object` is put over its parts. */
export function notification(object: Record<string, unknown> = {}, record: Record<string, unknown> = {}) {
  const eventName = 's3:ObjectCreated:Put';
  const eventTime = '2026-03-04T05:06:07.089Z';
  const s3 = { bucket: { name: 'media' }, object: { key: 'drop%2Fa.mkv', eTag: 'e1', size: 9, sequencer: '17F', ...object } };
  return { EventName: eventName, Key: 'media/drop/a.mkv', Records: [{ eventName, eventTime, awsRegion: '', s3, ...record }] };
}
