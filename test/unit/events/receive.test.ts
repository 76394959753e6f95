import { describe, expect, it } from 'vitest';
import { type ReadOptions, readCloudEvent } from '../../../lib/events/index.ts';

const attributes = { specversion: '1.0', id: '1', source: '/s', type: 't' };
const bytes = (text: string) => Buffer.from(text, 'utf8');
const structured = (event: object, type = 'application/cloudevents+json', options?: ReadOptions) =>
  readCloudEvent(new Headers({ 'content-type': type }), bytes(JSON.stringify(event)), options);
const binary = (headers: Record<string, string>, body: string | Buffer = '', options?: ReadOptions) => {
  const ce = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]));
  return readCloudEvent(new Headers({ ...ce, ...headers }), typeof body === 'string' ? bytes(body) : body, options);
};

describe('an event', () => {
  it.each([
    'application/cloudevents+json',
    'application/cloudevents+json; charset=UTF-8',
    'Application/CloudEvents+JSON;charset=utf-8',
  ])('in structured mode (%s) is read', (type) => {
    expect(structured({ ...attributes, ext: 'x', data: { a: 1 } }, type)).toMatchObject({ id: '1', ext: 'x', data: { a: 1 } });
  });

  it.each(['application/json', 'application/json;charset=UTF-8', 'text/json', 'application/x+json'])(
    'in binary mode with JSON as %s is read',
    (type) => {
      expect(binary({ 'content-type': type, 'ce-ext': 'x' }, ' {"a":1}')).toMatchObject({ id: '1', ext: 'x', data: { a: 1 } });
    },
  );

  it('keeps data that the SDK would lose or change', () => {
    for (const data of [0, false, '', null, 42]) expect(structured({ ...attributes, data }).data ?? null).toEqual(data);
    expect(binary({ 'content-type': 'application/json' }, '42').data).toBe(42);
    expect(binary({ 'content-type': 'text/plain' }, 'hello').data).toBe('hello');
  });

  it('in base64 is read by its type', () => {
    const data_base64 = bytes('{"a":1}').toString('base64');
    expect(structured({ ...attributes, datacontenttype: 'application/json', data_base64 }).data).toEqual({ a: 1 });
    expect(() => structured({ ...attributes, data_base64: bytes('no').toString('base64') })).toThrow(/no JSON/);
  });

  const malformed: Array<[name: string, read: () => unknown, code: string]> = [
    ['no id', () => structured({ ...attributes, id: undefined }), 'EVENT_MALFORMED'],
    ['an empty id', () => structured({ ...attributes, id: '' }), 'EVENT_MALFORMED'],
    ['an id that is a number', () => structured({ ...attributes, id: 1 }), 'EVENT_MALFORMED'],
    ['no source', () => structured({ ...attributes, source: null }), 'EVENT_MALFORMED'],
    ['no type', () => structured({ ...attributes, type: undefined }), 'EVENT_MALFORMED'],
    ['another version', () => structured({ ...attributes, specversion: '0.3' }), 'EVENT_MALFORMED'],
    ['no version', () => binary({ 'ce-specversion': '' }), 'EVENT_MALFORMED'],
    ['an attribute that is a fraction', () => structured({ ...attributes, ext: 1.5 }), 'EVENT_MALFORMED'],
    ['an attribute that is an object', () => structured({ ...attributes, ext: { a: 1 } }), 'EVENT_MALFORMED'],
    ['a list in place of an event', () => structured([attributes]), 'EVENT_MALFORMED'],
    ['data that is no JSON', () => binary({ 'content-type': 'application/json' }, '“a”'), 'EVENT_MALFORMED'],
    [
      'JSON that is no UTF-8',
      () => binary({ 'content-type': 'application/json' }, Buffer.from([0x22, 0xff, 0x22])),
      'EVENT_MALFORMED',
    ],
    ['data as an attribute', () => binary({ 'ce-data': 'x' }), 'EVENT_MALFORMED'],
    ['a batch', () => structured([], 'application/cloudevents-batch+json'), 'EVENT_MEDIA_TYPE'],
    ['Avro', () => structured({}, 'application/cloudevents+avro'), 'EVENT_MEDIA_TYPE'],
    [
      'a form',
      () => readCloudEvent(new Headers({ 'content-type': 'application/x-www-form-urlencoded' }), bytes('a=1')),
      'EVENT_MEDIA_TYPE',
    ],
    ['no mode at all', () => readCloudEvent(new Headers(), bytes('')), 'EVENT_MALFORMED'],
  ];
  it.each(malformed)('with %s is refused for good', (_name, read, code) => {
    expect(read).toThrow(expect.objectContaining({ code, class: 'malformed' }));
  });

  it('whose data nobody can read is kept where that is asked for', () => {
    const keep = { keepUnreadableData: true };
    expect(binary({ 'content-type': 'application/json' }, '“a”', keep).data).toBe('“a”');
    expect(binary({ 'content-type': 'application/json' }, Buffer.from([0xff]), keep).data).toBeDefined();
    expect(
      structured(
        { ...attributes, datacontenttype: 'application/json', data_base64: bytes('no').toString('base64') },
        undefined,
        keep,
      ).data,
    ).toBe('no');
    expect(binary({ 'content-type': 'application/json' }, '{"a":1}', keep).data).toEqual({ a: 1 });
  });
});
