import { describe, expect, it } from 'vitest';
import type { JobRecord } from '../../../functions/reconciler/jobs.ts';
import { expiredJobs } from '../../../functions/reconciler/retention.ts';

const hour = 3_600_000;
const now = new Date('2026-01-10T00:00:00Z');
const ago = (hours: number) => new Date(now.getTime() - hours * hour).toISOString();
const job = (
  name: string,
  state: 'Pending' | 'InProgress' | 'Finished' | 'Failed',
  hours: number,
  transform = 'a',
): JobRecord => ({
  metadata: { name, namespace: 'team' },
  spec: { pipelineRef: { kind: 'Transform', name: transform }, src: { name: name }, sinks: [] },
  status: { state, completionTime: ago(hours) },
});
const retention = { finished: 24 * hour, failed: 7 * 24 * hour, most: 3 };
const expired = (...jobs: JobRecord[]) => expiredJobs(jobs, retention, now).map(({ metadata }) => metadata.name);

describe('old Jobs', () => {
  it('go a day after they finished, a week after they failed, and not while they are in hand', () => {
    const jobs = [
      job('finished-new', 'Finished', 23),
      job('finished-old', 'Finished', 25),
      job('failed-new', 'Failed', 25),
      job('failed-old', 'Failed', 7 * 24 + 1, 'b'),
      job('pending', 'Pending', 9999),
      job('running', 'InProgress', 9999),
    ];
    expect(expired(...jobs)).toEqual(['finished-old', 'failed-old']);
  });

  it('go earlier where a Transform has too many: the oldest first, and finished before failed', () => {
    const jobs = [
      job('failed', 'Failed', 20),
      job('old', 'Finished', 10),
      job('middle', 'Finished', 5),
      job('new', 'Finished', 1),
      job('other', 'Finished', 20, 'b'),
    ];
    expect(expired(...jobs)).toEqual(['old']);
  });
});
