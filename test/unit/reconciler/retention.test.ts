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
      job('pending', 'Pending', 7 * 24 - 1),
      job('running', 'InProgress', 7 * 24 - 1),
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

  it('go a week after they were last heard of, where their work never came to an end and nobody asks for it any more', () => {
    const week = 7 * 24;
    const heard = (name: string, hours: number, status: JobRecord['status']): JobRecord => ({
      ...job(name, 'Pending', hours),
      metadata: { name, namespace: 'team', creationTimestamp: ago(hours) },
      status: { state: 'Pending', ...status },
    });
    const jobs = [
      heard('queued', week - 1, {}),
      heard('lost', week + 1, {}),
      heard('begun', 3 * week, { state: 'InProgress', startTime: ago(week + 1) }),
      heard('waiting for its time', 3 * week, { nextRequestTime: ago(week - 1) }),
      heard('asked for in vain', 3 * week, {
        nextRequestTime: ago(week + 1),
        deadLetter: { request: 'a', permanent: false, times: 9, time: ago(week + 2) },
      }),
    ];
    expect(expired(...jobs)).toEqual(['lost', 'begun', 'asked for in vain']);
  });
});
