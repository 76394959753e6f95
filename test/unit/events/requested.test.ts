import { Ajv2020 } from 'ajv/dist/2020.js';
import { CloudEvent } from 'cloudevents';
import { describe, expect, it } from 'vitest';
import {
  canonicalJson,
  eventSchema,
  jobId,
  largestRequested,
  objectEvent,
  readRequested,
  readResult,
  requestedEvent,
  schemaNames,
  sign,
  verify,
} from '../../../lib/events/index.ts';
import type { ObjectEvent } from '../../../lib/events/types.ts';
import { sinkObjects } from '../../../lib/transform/index.ts';
import { posted, runAt } from '../../support/results.ts';
import { resolved, type Written } from '../../support/transforms.ts';

const eventKey = 'the key';
const object: ObjectEvent & { etag: string } = {
  eventName: 'ObjectCreated:Put',
  bucket: 'media',
  key: 'drop/a.mkv',
  etag: 'e1',
  size: 9,
  eventTime: '2026-03-04T05:06:07.089Z',
  region: '',
  userMetadata: { 'gst-chain': 'x/one,x/two' },
};
const cause = objectEvent(object);
function request(written: Written = {}, change: Partial<typeof object> = {}, again?: string) {
  const transform = resolved(written);
  const source = { ...object, ...change, endpoint: transform.source.endpoint };
  const sinks = sinkObjects(transform.sinks, source);
  return requestedEvent({ transform, object: { ...object, ...change }, sinks, cause, eventKey, again });
}
const wire = (event: CloudEvent<unknown>) => new CloudEvent<unknown>(JSON.parse(JSON.stringify(event)));

describe('the name of a job', () => {
  const name = (written: Written = {}, change: Partial<typeof object> = {}) => String(request(written, change).subject);
  const same = name();

  const other: Array<[what: string, name: string]> = [
    ['content', name({}, { etag: 'e2' })],
    ['size', name({}, { size: 10 })],
    ['key', name({}, { key: 'drop/b.mkv' })],
    ['namespace', name({ namespace: 'another' })],
    ['pipeline', name({ spec: { pipeline: { elements: [{ name: 'decodebin' }, { name: 'x265enc' }, { name: 'mp4mux' }] } } })],
    ['output', name({ spec: { sink: { minio: { key: 'other/{{ .SrcKey }}' } } } })],
  ];
  it.each(other)('is another for another %s', (_what, found) => {
    expect(found).not.toBe(same);
  });

  const like: Array<[what: string, name: string]> = [
    ['asked for again', request({}, {}, 'again').data?.job ?? ''],
    ['with other limits', name({ spec: { pipeline: { limits: { timeout: '5m' } } } })],
    ['with debug set', name({ spec: { pipeline: { debug: { logLevel: 4 } } } })],
    ['as a Kubernetes Job', name({ spec: { execution: 'job' } })],
    ['under another version', name({}, { versionId: 'v2' })],
    ['told later', name({}, { eventTime: '2027-01-01T00:00:00.000Z' })],
  ];
  it.each(like)('is the same where the same work is %s', (_what, found) => {
    expect(found).toBe(same);
  });

  it('is another for the Transform and the SplitTransform of one name', () => {
    const transform = resolved();
    const split = { ...transform, ref: { ...transform.ref, kind: 'SplitTransform' as const } };
    expect(jobId(split, object)).not.toBe(jobId(transform, object));
  });

  it('is one of a resource, however long the name of the Transform', () => {
    for (const long of ['a'.repeat(200), `${'a'.repeat(39)}-b`, `${'a'.repeat(39)}.b`]) {
      const transform = { ...resolved(), ref: { kind: 'Transform' as const, namespace: 'default', name: long } };
      expect(jobId(transform, object)).toMatch(/^a{39,40}-[a-z2-7]{26}$/);
    }
  });
});

describe('a request', () => {
  it('is read where it was signed with the same key', () => {
    const data = readRequested(wire(request()), eventKey);
    expect(data).toMatchObject({ chain: ['x/one', 'x/two'], source: { key: 'drop/a.mkv' }, sinks: [{ key: 'mp4/a.mkv.mp4' }] });
    expect(JSON.stringify(data)).not.toContain(eventKey);
  });

  it('asked for again has an id of its own', () => {
    const [first, again] = [request(), request({}, {}, '01abc')];
    expect([first.id, again.id]).toEqual([first.subject, `${first.subject}.01abc`]);
  });

  const altered = (change: object) => new CloudEvent<unknown>(JSON.parse(JSON.stringify({ ...request().toJSON(), ...change })));
  const forged: Array<[name: string, event: CloudEvent<unknown>]> = [
    ['unsigned', altered({ signature: undefined })],
    ['signed with another key', altered({ signature: sign(request().data, 'another') })],
    ['changed since', altered({ data: { ...request().data, chain: [] } })],
    ['without data', altered({ data: undefined })],
  ];
  it.each(forged)('that is %s is refused', (_name, event) => {
    expect(() => readRequested(event, eventKey)).toThrow(expect.objectContaining({ code: 'EVENT_SIGNATURE' }));
  });

  it('that is signed, and not as described, is malformed', () => {
    const data = { ...request().data, job: '../up' };
    const event = wire(request()).cloneWith({ data, signature: sign(data, eventKey) }) as CloudEvent<unknown>;
    expect(() => readRequested(event, eventKey)).toThrow(expect.objectContaining({ code: 'EVENT_MALFORMED' }));
  });

  it('is never larger than gets through', () => {
    const transform = resolved();
    const source = { ...object, endpoint: transform.source.endpoint };
    const sinks = sinkObjects(transform.sinks, source).map((sink) => ({
      ...sink,
      metadata: { x: 'x'.repeat(largestRequested) },
    }));
    expect(() => requestedEvent({ transform, object, sinks, cause, eventKey })).toThrow(
      expect.objectContaining({ code: 'TRANSFORM_INVALID' }),
    );
  });
});

describe('a signature', () => {
  it('is over canonical JSON: the order of members does not count, all else does', () => {
    const signature = sign({ a: 1, b: { c: [1, 2], d: 'ü' } }, 'k');
    expect(verify({ b: { d: 'ü', c: [1, 2] }, a: 1, e: undefined }, signature, 'k')).toBe(true);
    expect(verify({ b: { d: 'ü', c: [2, 1] }, a: 1 }, signature, 'k')).toBe(false);
    expect(canonicalJson({ b: 1, a: [1.0, 'x'] })).toBe('{"a":[1,"x"],"b":1}');
  });

  it.each([undefined, null, '', 7, 'x'])('%j is none', (signature) => {
    expect(verify({ a: 1 }, signature, 'k')).toBe(false);
  });
});

describe('a result', () => {
  it('tells what its request was about, without the certificates', () => {
    const event = posted('succeeded', { run: runAt(0), seq: 4 });
    const read = readResult(wire(event));
    expect(read).toMatchObject({ kind: 'succeeded', seq: 4, request: read?.job, about: { source: { key: 'drop/a b.mkv' } } });
    expect(JSON.stringify(event)).not.toContain('"ca"');
  });

  it('is refused where its id is not that of its run', () => {
    for (const id of ['1', `${runAt(0)}.x`, `${runAt(1)}.4`, `${runAt(0)}.-1.5`]) {
      const event = posted('started', { run: runAt(0), seq: 4 }).cloneWith({ id }) as CloudEvent<unknown>;
      expect(() => readResult(event)).toThrow(expect.objectContaining({ code: 'EVENT_MALFORMED' }));
    }
  });
});

describe('the published schemas', () => {
  const run = runAt(0);
  const samples: Record<string, unknown> = {
    object: wire(cause).data,
    requested: wire(request()).data,
    ...Object.fromEntries(
      (['started', 'progress', 'retrying', 'succeeded', 'failed', 'skipped'] as const).map((kind) => [
        kind,
        wire(posted(kind, { run, seq: 1 })).data,
      ]),
    ),
  };

  it.each(schemaNames)('fit the data of %s, and not that of others', (name) => {
    const validate = new Ajv2020({ strict: false, logger: false }).compile(eventSchema(name));
    expect(validate(samples[name]), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({})).toBe(false);
  });
});
