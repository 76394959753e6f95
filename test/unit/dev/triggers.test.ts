import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { backoffBefore } from '../../../cli/dev/broker/backoff.ts';
import { readTriggers } from '../../../cli/dev/broker/index.ts';
import { parseIsoDuration } from '../../../cli/dev/broker/iso-duration.ts';

const ref = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'transcode' };
const manifest = (spec: object) =>
  stringify({
    apiVersion: 'eventing.knative.dev/v1',
    kind: 'Trigger',
    metadata: { name: 't' },
    spec: { subscriber: { ref }, ...spec },
  });

describe('durations', () => {
  const cases: Array<[text: string, milliseconds: number | undefined]> = [
    ['PT30S', 30_000],
    ['PT0.2S', 200],
    ['PT1M30S', 90_000],
    ['P1DT2H', 93_600_000],
    ['PT660S', 660_000],
    ['PT', undefined],
    ['P', undefined],
    ['P1M', undefined],
    ['30s', undefined],
    ['', undefined],
  ];
  it.each(cases)('%s', (text, milliseconds) => expect(parseIsoDuration(text)).toBe(milliseconds));
});

describe('backoff', () => {
  it('doubles where it is exponential', () => {
    expect([1, 2, 3, 4].map((n) => backoffBefore(n, { policy: 'exponential', delay: 1000 }))).toEqual([1000, 2000, 4000, 8000]);
  });

  it('begins at once where it is linear', () => {
    expect([1, 2, 3].map((n) => backoffBefore(n, { policy: 'linear', delay: 1000 }))).toEqual([0, 1000, 2000]);
  });
});

describe('manifests', () => {
  it('are those of knative/base', () => {
    const texts = ['triggers.yaml', 'functions/transcode-job.yaml'].map((path) =>
      readFileSync(new URL(`../../../knative/base/${path}`, import.meta.url), 'utf8'),
    );
    const triggers = readTriggers(texts.join('---\n'));
    const service = (name: string, path = '/') => ({ name, path, once: false });
    expect(triggers.map(({ name, subscriber, delivery }) => ({ name, subscriber, ...delivery }))).toEqual([
      {
        name: 'dispatcher',
        subscriber: service('dispatcher'),
        retry: 9,
        backoff: { policy: 'exponential', delay: 1000 },
        timeout: 70_000,
        deadLetters: service('recorder', '/dead'),
      },
      {
        name: 'transcode',
        subscriber: service('transcode'),
        retry: 5,
        backoff: { policy: 'exponential', delay: 30_000 },
        timeout: 660_000,
        deadLetters: service('recorder', '/dead'),
      },
      {
        name: 'transcode-job',
        subscriber: { name: 'transcode-job', path: '/', once: true },
        // as the Job has it that the JobSink makes
        retry: 3,
        backoff: { policy: 'exponential', delay: 10_000 },
        timeout: 50_400_000,
        deadLetters: service('recorder', '/dead'),
      },
      {
        name: 'recorder',
        subscriber: service('recorder'),
        retry: 9,
        backoff: { policy: 'exponential', delay: 1000 },
        timeout: 70_000,
        deadLetters: undefined,
      },
    ]);
  });

  it('without delivery have that of Knative', () => {
    const [trigger] = readTriggers(manifest({}));
    expect(trigger?.delivery).toMatchObject({
      retry: 10,
      backoff: { policy: 'exponential', delay: 200 },
      deadLetters: undefined,
    });
  });

  it('of other kinds are passed over', () => {
    expect(readTriggers('kind: Broker\nmetadata: {name: default}\n---\n')).toEqual([]);
  });

  const refused: Array<[name: string, spec: object, told: RegExp]> = [
    ['a filter', { filters: [{ cesql: 'EXISTS a' }] }, /Trigger t: it has the dialect cesql/],
    ['a subscriber without a ref', { subscriber: { uri: 'http://elsewhere/' } }, /subscriber is no reference/],
    ['a subscriber of another kind', { subscriber: { ref: { ...ref, kind: 'Channel' } } }, /subscriber is no reference/],
    [
      'a JobSink that is not there',
      { subscriber: { ref: { ...ref, kind: 'JobSink' } } },
      /JobSink transcode, which is not there/,
    ],
    [
      'an address for dead letters',
      { delivery: { deadLetterSink: { ref, uri: 'http://x/' } } },
      /uri http:\/\/x\/ of deadLetterSink/,
    ],
    ['a backoff delay', { delivery: { backoffDelay: '30s' } }, /backoffDelay 30s/],
    ['a policy', { delivery: { backoffPolicy: 'random' } }, /random/],
    ['a count', { delivery: { retry: -1 } }, /retry -1/],
  ];
  it.each(refused)('that cannot be followed are refused: %s', (_name, spec, told) => {
    expect(() => readTriggers(manifest(spec))).toThrow(told);
    expect(() => readTriggers(manifest(spec))).toThrow(expect.objectContaining({ code: 'TRIGGER_INVALID' }));
  });
});
