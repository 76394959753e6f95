/** What the recorder counts: results that changed a record, so an event that comes twice counts once. */
import type { CloudEvent } from 'cloudevents';
import { decodeTime } from 'ulid';
import { isRequest, objectTypePrefix, type Result } from '../../lib/events/index.ts';
import { typePrefix } from '../../lib/events/types.ts';
import type { JobRecord } from '../../lib/jobs/index.ts';
import { counter, histogram } from '../../lib/telemetry/index.ts';

export type EventKind = 'requested' | 'result' | 'object' | 'other';

export interface Tally {
  /** @param before the record as it was without this result */
  result(result: Result, before: JobRecord | undefined): void;
  /** @param answer HTTP status of the last answer, if there was one */
  deadLetter(kind: EventKind, answer: number | undefined): void;
}

export function createTally(): Tally {
  const jobs = counter('gst.jobs');
  const retries = counter('gst.retries');
  const deadLetters = counter('gst.dead_letters');
  const waits = histogram('gst.queue.duration');
  const stages = histogram('gst.stage.duration');
  const speeds = histogram('gst.realtime_factor');
  const taken = counter('gst.input.size');
  const given = counter('gst.output.size');

  return {
    result(result, before) {
      const { transform, source } = result.about;
      const by = { 'gst.transform': `${transform.namespace}/${transform.name}` };
      if (before?.status?.run === undefined) {
        const waited = decodeTime(result.run) - Date.parse(source.eventTime);
        // clocks of two machines; a time that cannot be read tells nothing
        if (Number.isFinite(waited)) waits.record(Math.max(0, waited / 1000), by);
      }
      if (result.kind === 'retrying') retries.add(1, { ...by, 'error.type': result.data.error.code });
      if (result.kind === 'failed') jobs.add(1, { ...by, 'gst.outcome': 'failed', 'error.type': result.data.error.code });
      if (result.kind === 'skipped') jobs.add(1, { ...by, 'gst.outcome': 'skipped', 'error.type': result.data.reason });
      if (result.kind !== 'succeeded') return;
      const { reused, timings, media, outputs } = result.data;
      jobs.add(1, { ...by, 'gst.outcome': reused ? 'reused' : 'succeeded' });
      if (reused) return;
      for (const [stage, seconds] of Object.entries(timings ?? {})) stages.record(seconds, { ...by, 'gst.stage': stage });
      const seconds = media?.input?.duration;
      if (seconds && timings?.pipeline) speeds.record(seconds / timings.pipeline, by);
      taken.add(source.size, by);
      given.add(
        outputs.reduce((sum, { size }) => sum + size, 0),
        by,
      );
    },
    deadLetter(kind, answer) {
      deadLetters.add(1, { 'gst.event': kind, ...(answer !== undefined && { 'http.response.status_code': answer }) });
    },
  };
}

/** Anyone in the cluster may post events of any type: a metric has few. */
export function kindOf(event: CloudEvent<unknown>): EventKind {
  if (isRequest(event)) return 'requested';
  if (event.type.startsWith(typePrefix)) return 'result';
  return event.type.startsWith(objectTypePrefix) ? 'object' : 'other';
}
