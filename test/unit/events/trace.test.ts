import { CloudEvent } from 'cloudevents';
import { describe, expect, it } from 'vitest';
import { jobOf, parseTraceparent, resultEvent, traceOf } from '../../../lib/events/index.ts';

const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];

describe('a traceparent', () => {
  const cases: Array<[what: string, text: unknown, sampled: number | undefined]> = [
    ['of this version', `00-${traceId}-${spanId}-01`, 1],
    ['that is not sampled', `00-${traceId}-${spanId}-00`, 0],
    ['of a later version', `01-${traceId}-${spanId}-01`, 1],
    ['of a later version, with more behind', `cc-${traceId}-${spanId}-01-what-comes`, 1],
    ['of this version, with more behind', `00-${traceId}-${spanId}-01-more`, undefined],
    ['of the version that is none', `ff-${traceId}-${spanId}-01`, undefined],
    ['without a trace', `00-${'0'.repeat(32)}-${spanId}-01`, undefined],
    ['without a span', `00-${traceId}-${'0'.repeat(16)}-01`, undefined],
    ['in capitals', `00-${traceId.toUpperCase()}-${spanId}-01`, undefined],
    ['that is no text', 7, undefined],
    ['that is not there', null, undefined],
  ];
  it.each(cases)('%s is read as W3C has it', (_what, text, sampled) => {
    const wanted = sampled === undefined ? undefined : { traceId, spanId, traceFlags: sampled, isRemote: true };
    expect(parseTraceparent(text)).toEqual(wanted);
  });
});

const about = {
  transform: { kind: 'Transform' as const, namespace: 'n', name: 't' },
  source: {
    endpoint: { address: 'm:9000', tls: false, region: '', credentialsSecret: 's' },
    bucket: 'b',
    key: 'k',
    etag: 'e',
    size: 1,
    eventTime: '2026-01-01T00:00:00Z',
  },
  sinks: [],
};

describe('an event that another one caused', () => {
  const caused = (extensions: Record<string, string>) => {
    const cause = new CloudEvent<unknown>({ id: '1', source: '/s', type: 't', ...extensions });
    return resultEvent(
      'skipped',
      { job: 'j', run: 'r', reason: 'gone', message: 'It is gone.' },
      { job: 'j', run: 'r', seq: 0, cause, about },
    );
  };

  it('is of its trace, and carries along what other tracers have put there', () => {
    const trace = { traceparent: `00-${traceId}-${spanId}-01`, tracestate: 'congo=t61rcWkgMzE,rojo=00f067aa0ba902b7' };
    expect(caused(trace)).toMatchObject(trace);
    expect(traceOf(caused(trace))?.traceState?.get('rojo')).toBe('00f067aa0ba902b7');
  });

  it('begins a trace, which is to be kept, where the cause has none', () => {
    const { traceparent, tracestate } = caused({});
    expect(parseTraceparent(traceparent)?.traceFlags).toBe(1);
    expect(tracestate).toBeUndefined();
  });
});

describe('what a log says of an event', () => {
  const type = 'io.gst.pipelines.transform.retrying';
  const transform = { namespace: 'n', name: 't' };
  const cases: Array<[what: string, event: Parameters<typeof jobOf>[0], fields: object]> = [
    ['a result', { type, subject: 'j', data: { run: 'r', transform } }, { job: 'j', run: 'r', transform: 'n/t' }],
    ['one that is not what it should be', { type, subject: 'j', data: { run: 1, transform: null } }, { job: 'j' }],
    ['one without data', { type, subject: 'j', data: undefined }, { job: 'j' }],
    ['one of no job', { type: 'com.amazonaws.s3.ObjectCreated:Put', subject: 'a.mkv', data: {} }, {}],
  ];
  it.each(cases)('is the job of %s', (_what, event, fields) => expect(jobOf(event)).toEqual(fields));
});
