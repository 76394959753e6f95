import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../../lib/events/index.ts';
import {
  applyDeadLetter,
  applyResult,
  type DeadLetter,
  isOlder,
  type JobRecord,
  requestedRecord,
} from '../../../lib/jobs/index.ts';
import { jobSchema } from '../../../lib/transform/schema/job.ts';
import { request, result, runAt } from '../../support/results.ts';

const run = runAt(0);
const later = runAt(1);
const { job } = request;

/** That work is asked for, the first time or again: a store makes a record of it where there is none. */
const asked = 'asked for' as const;
type Step = Result | DeadLetter | typeof asked;
function apply(record: JobRecord | undefined, step: Step): JobRecord {
  if (step === asked) return record ?? requestedRecord(request);
  return 'kind' in step ? applyResult(record, step) : applyDeadLetter(record, step);
}
function reduced(steps: readonly Step[]): JobRecord {
  let record: JobRecord | undefined;
  for (const step of steps) record = apply(record, step);
  if (record === undefined) throw new Error('no steps');
  return record;
}
const dead = (answer: number | undefined, change: Partial<DeadLetter> = {}): DeadLetter => ({
  id: job,
  request,
  ...(answer === undefined ? {} : { answer }),
  time: '2026-03-04T07:00:00.000Z',
  ...change,
});
const status = (...steps: Step[]) => reduced(steps).status ?? {};
const conditions = (...steps: Step[]) =>
  (status(...steps).conditions ?? []).map(({ type, status: is, reason }) => `${type}=${is} ${reason}`);

describe('a record', () => {
  it('has the spec and the labels of the seed', () => {
    const record = reduced([result('started', { run, seq: 0 })]);
    const minio = {
      endpoint: 'minio.example:9000',
      insecureNoTLS: true,
      region: 'us-east-1',
      bucket: 'media',
      credentialsSecret: { name: 'minio' },
    };
    expect(record.metadata).toEqual({
      name: job,
      namespace: 'default',
      labels: {
        'pipelines.gst.io/pipeline': 'test',
        'pipelines.gst.io/kind': 'Transform',
        'pipelines.gst.io/object': expect.stringMatching(/^[0-9a-f]{40}$/),
        'pipelines.gst.io/bucket': 'media',
      },
    });
    expect(record.spec).toEqual({
      pipelineRef: { name: 'test', kind: 'Transform' },
      src: {
        name: 'drop/a b.mkv',
        config: { minio },
        streamType: 'all',
        etag: 'e1',
        size: 9,
        eventTime: '2026-01-02T03:04:05.000Z',
      },
      sinks: [{ name: 'mp4/a b.mp4', config: { minio }, streamType: 'all' }],
    });
  });

  const events: Array<[name: string, steps: Step[], wanted: object, conditions: string[]]> = [
    ['that it waits for its turn', [asked, asked], { state: 'Pending' }, ['Pending=True Requested']],
    [
      'that a run has begun',
      [result('started', { run, seq: 0 })],
      { state: 'InProgress', run, seq: 0, runs: 1 },
      ['InProgress=True Running'],
    ],
    [
      'how far it is',
      [result('progress', { run, seq: 3 })],
      { state: 'InProgress', progress: { percent: 20, position: 2, speed: 2 } },
      ['InProgress=True Running'],
    ],
    [
      'that it ended well',
      [result('succeeded', { run, seq: 4 })],
      {
        state: 'Finished',
        seconds: 3,
        timings: { pipeline: 2 },
        progress: { percent: 100 },
        completionTime: '2026-03-04T06:00:04.000Z',
      },
      ['Finished=True Succeeded'],
    ],
    [
      'that the outputs were there',
      [result('succeeded', { run, seq: 0, data: { reused: true } })],
      { state: 'Finished', reason: 'reused' },
      ['Finished=True Reused'],
    ],
    [
      'that there was nothing to do',
      [result('skipped', { run, seq: 0 })],
      { state: 'Finished', reason: 'superseded' },
      ['Finished=True Superseded'],
    ],
    [
      'that it failed',
      [result('failed', { run, seq: 2 })],
      { state: 'Failed', error: { code: 'MEDIA_CORRUPT', element: 'qtdemux', class: 'permanent' } },
      ['Failed=True MEDIA_CORRUPT'],
    ],
    [
      'that it is tried again',
      [result('retrying', { run, seq: 2 })],
      { state: 'Pending', error: { code: 'STORAGE_UNREACHED' } },
      ['Pending=True STORAGE_UNREACHED'],
    ],
    [
      'that a newer run has begun',
      [result('failed', { run, seq: 2 }), result('started', { run: later, seq: 0 })],
      {
        state: 'InProgress',
        run: later,
        runs: 2,
        history: [
          { run, state: 'Failed' },
          { run: later, state: 'InProgress' },
        ],
      },
      ['InProgress=True Running'],
    ],
    [
      'that there was no capacity for it',
      [dead(503)],
      { state: 'Pending', nextRequestTime: '2026-03-04T07:01:00.000Z', error: { code: 'DEAD_LETTERED' } },
      ['Pending=True Answer503'],
    ],
    [
      'that nobody answered',
      [dead(undefined)],
      { state: 'Pending', nextRequestTime: '2026-03-04T07:01:00.000Z' },
      ['Pending=True NoAnswer'],
    ],
    [
      'that it was refused unread',
      [dead(400)],
      { state: 'Failed', error: { code: 'DEAD_LETTERED' } },
      ['Failed=True Answer400', 'DeadLettered=True Answer400'],
    ],
    [
      'that its failure was final',
      [result('failed', { run, seq: 2 }), dead(422)],
      { state: 'Failed', error: { code: 'MEDIA_CORRUPT' } },
      ['Failed=True MEDIA_CORRUPT', 'DeadLettered=True Answer422'],
    ],
    [
      'why the last try failed, once the Broker gives up',
      [result('retrying', { run, seq: 2 }), dead(503)],
      { state: 'Pending', error: { code: 'STORAGE_UNREACHED' }, nextRequestTime: '2026-03-04T07:01:00.000Z' },
      ['Pending=True Answer503'],
    ],
  ];
  it.each(events)('tells %s', (_name, steps, wanted, told) => {
    expect(status(...steps)).toMatchObject(wanted);
    expect(conditions(...steps)).toEqual(told);
    expect(() => jobSchema.parse(reduced(steps))).not.toThrow();
  });

  it.each(['superseded', 'gone', 'loop', 'cancelled'])('says in words why nothing was done: %s', (reason) => {
    const told = status(result('skipped', { run, seq: 0, data: { reason } })).conditions?.map(({ message }) => message);
    expect(told).toEqual([expect.stringMatching(/^Nothing was done: /)]);
  });

  it('tells what the outputs are, as long as no newer run has begun', () => {
    const done = [result('started', { run, seq: 0 }), result('succeeded', { run, seq: 1 })];
    expect(reduced(done).spec.sinks).toMatchObject([{ name: 'mp4/a b.mp4', etag: 'o1', size: 7, contentType: 'video/mp4' }]);
    expect(reduced([...done, result('started', { run: later, seq: 0 })]).spec.sinks[0]).not.toHaveProperty('etag');
  });

  it('keeps streams, without tags of any size, and the trace', () => {
    const { media, traceId } = status(result('succeeded', { run, seq: 1 }));
    expect(media?.input).toEqual({ container: 'matroska', duration: 10, streams: [{ kind: 'video', codec: 'h264' }] });
    expect(traceId).toBe('0af7651916cd43dd8448eb211c80319c');
  });

  it('keeps the newest runs, and no more', () => {
    const steps = Array.from({ length: 30 }, (_, n) => result('retrying', { run: runAt(n), seq: 0 }));
    const { history = [], runs } = status(...steps);
    expect(runs).toBe(30);
    expect(history.map((one) => one.run)).toEqual(steps.slice(-10).map((step) => step.run));
  });
});

describe('a request that nobody answered', () => {
  it('has nothing to do with why a run of another one failed', () => {
    const steps = [result('retrying', { run, seq: 2 }), dead(503, { id: `${job}.01k` })];
    expect(status(...steps)).toMatchObject({ state: 'Pending', error: { code: 'DEAD_LETTERED' } });
  });
});

describe('of two requests', () => {
  const pairs: Array<[older: string, newer: string]> = [
    [job, `${job}.01k`],
    [`${job}.01k`, `${job}.01m`],
    [`${job}.9`, `${job}.10`],
  ];
  it.each(pairs)('%s came before %s', (older, newer) => {
    expect([isOlder(older, newer), isOlder(newer, older), isOlder(older, older)]).toEqual([true, false, false]);
    expect(isOlder(older, undefined)).toBe(false);
  });
});

describe('an event that is late or comes again', () => {
  const failed = result('failed', { run: later, seq: 3 });
  const record = reduced([result('started', { run: later, seq: 0 }), failed, dead(422)]);
  const cases: Array<[name: string, step: Step]> = [
    ['the same', failed],
    ['of the same run', result('progress', { run: later, seq: 2 })],
    ['of an older run, whatever it tells', result('succeeded', { run, seq: 9 })],
    ['the same dead letter, later', dead(422, { time: '2026-03-05T00:00:00.000Z' })],
  ];
  it.each(cases)('%s: changes nothing', (_name, step) => {
    expect(apply(record, step)).toBe(record);
  });

  it('is a dead letter of a request that was made once more since: changes nothing', () => {
    const again = reduced([result('retrying', { run, seq: 1, asked: `${job}.01k` })]);
    expect(apply(again, dead(503))).toBe(again);
  });

  it('is a dead letter of work that was done all the same: changes nothing', () => {
    const done = reduced([result('succeeded', { run, seq: 1 })]);
    expect(apply(done, dead(504))).toBe(done);
  });
});

describe('the wait until a request is made again', () => {
  const id = (n: number) => `${job}.01arz3ndektsv4rrffq69g5f${String(n).padStart(2, '0')}`;
  const time = '2026-03-04T07:00:00.000Z';
  const waits = (steps: Step[]) =>
    steps.flatMap((_, at) => {
      const { nextRequestTime } = status(...steps.slice(0, at + 1));
      return nextRequestTime === undefined ? [] : [(Date.parse(nextRequestTime) - Date.parse(time)) / 60_000];
    });

  it('doubles from a minute to an hour', () => {
    const steps = Array.from({ length: 9 }, (_, n) => dead(503, { id: id(n), time }));
    expect(waits(steps)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('goes on doubling over runs that come to nothing, and begins anew after an end', () => {
    const failing = [
      dead(503, { id: id(0), time }),
      result('retrying', { run, seq: 1, asked: id(1) }),
      dead(503, { id: id(1), time }),
    ];
    expect(waits(failing)).toEqual([1, 2]);
    const between = [
      dead(503, { id: id(0), time }),
      result('failed', { run, seq: 1, asked: id(1) }),
      dead(503, { id: id(2), time }),
    ];
    expect(waits(between)).toEqual([1, 1]);
  });

  it('is over when a newer request is at work', () => {
    const steps = [dead(503, { id: id(0), time }), result('started', { run, seq: 0, asked: id(1) })];
    expect(status(...steps)).toMatchObject({ state: 'InProgress' });
    expect(status(...steps)).not.toHaveProperty('nextRequestTime');
  });
});

describe('in any order, each as often as it comes', () => {
  const ends = ['succeeded', 'failed', 'skipped', 'retrying', 'progress', 'started'] as const;
  const oneRun = fc
    .record({
      steps: fc.integer({ min: 0, max: 5 }),
      end: fc.constantFrom(...ends),
      letter: fc.constantFrom(0, 400, 422, 503, 504, -1),
    })
    .map(({ steps, end, letter }): Step[] => [
      result('started', { run, seq: 0 }),
      ...Array.from({ length: steps }, (_, n) => result('progress', { run, seq: n + 1, data: { percent: n * 10 } })),
      result(end, { run, seq: steps + 1 }),
      ...(letter === 0 ? [] : [dead(letter === -1 ? undefined : letter)]),
    ]);
  const delivered = oneRun.chain((steps) => {
    const all = fc.shuffledSubarray([...steps, ...steps], { minLength: steps.length * 2, maxLength: steps.length * 2 });
    return all.map((shuffled) => ({ steps, shuffled }));
  });

  it('the events of a run end in the same record', () => {
    fc.assert(
      fc.property(delivered, ({ steps, shuffled }) => {
        expect(reduced(shuffled)).toEqual(reduced(steps));
      }),
    );
  });

  it('a request changes nothing of it, wherever it comes in between', () => {
    const requested = delivered.chain(({ steps, shuffled }) =>
      fc.array(fc.nat({ max: shuffled.length }), { minLength: 1, maxLength: 3 }).map((places) => {
        const mixed = shuffled.flatMap((step, at): Step[] => (places.includes(at) ? [asked, step] : [step]));
        return { steps, mixed: places.includes(shuffled.length) ? [...mixed, asked] : mixed };
      }),
    );
    fc.assert(
      fc.property(requested, ({ steps, mixed }) => {
        expect(reduced(mixed)).toEqual(reduced(steps));
      }),
    );
  });

  it('those of two runs end in the state of the newer one', () => {
    const older = fc.constantFrom(...ends).map((end) => [result('started', { run, seq: 0 }), result(end, { run, seq: 1 })]);
    const newer = fc
      .constantFrom(...ends)
      .map((end) => [result('started', { run: later, seq: 0 }), result(end, { run: later, seq: 1 })]);
    const both = fc
      .tuple(older, newer)
      .chain(([a, b]) => fc.record({ last: fc.constant(b), shuffled: fc.shuffledSubarray([...a, ...b], { minLength: 4 }) }));
    fc.assert(
      fc.property(both, ({ last, shuffled }) => {
        const { runs: _r, history: _h, ...found } = reduced(shuffled).status ?? {};
        const { runs: _s, history: _i, ...wanted } = reduced(last).status ?? {};
        expect(found).toEqual(wanted);
      }),
    );
  });
});
