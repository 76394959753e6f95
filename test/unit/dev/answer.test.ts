import { CloudEvent } from 'cloudevents';
import { describe, expect, it } from 'vitest';
import { type Answer, judge } from '../../../cli/dev/broker/answer.ts';
import { deadLetter } from '../../../cli/dev/broker/index.ts';

const answer = (status: number, body = '', headers: Record<string, string> = {}): Answer => ({
  status,
  headers: new Headers(headers),
  body: Buffer.from(body),
});
const event = {
  'ce-id': '2',
  'ce-source': '/s',
  'ce-type': 'reply',
  'ce-specversion': '1.0',
  'content-type': 'application/json',
};

describe('the answer of a subscriber', () => {
  it.each([200, 202, 204])('%i without a body is the end', (status) => {
    expect(judge(answer(status))).toEqual({ kind: 'done' });
  });

  it.each([200, 202])('%i with an event is a reply', (status) => {
    expect(judge(answer(status, '{"a":1}', event))).toMatchObject({ kind: 'done', reply: { type: 'reply', data: { a: 1 } } });
  });

  it('with an event that has no data is a reply too', () => {
    const { 'content-type': _, ...headers } = event;
    expect(judge(answer(200, '', headers))).toMatchObject({ kind: 'done', reply: { id: '2' } });
  });

  it('with an event in structured mode is a reply', () => {
    const body = JSON.stringify(new CloudEvent({ id: '3', source: '/s', type: 'reply' }));
    const headers = { 'content-type': 'application/cloudevents+json' };
    expect(judge(answer(200, body, headers))).toMatchObject({ kind: 'done', reply: { id: '3' } });
  });

  it.each([
    ['JSON', '{"ok":true}', { 'content-type': 'application/json' }],
    ['text', 'ok', { 'content-type': 'text/plain' }],
  ])('of 200 with %s that is no event is a failure, of which the dead letter says nothing', (_name, body, headers) => {
    expect(judge(answer(200, body, headers))).toEqual({ kind: 'retry', bare: true });
  });

  it.each([404, 408, 409, 429, 500, 502, 503, 504])('%i is worth another try', (status) => {
    expect(judge(answer(status))).toEqual({ kind: 'retry' });
  });

  it('that never came is worth another try', () => {
    expect(judge({ cause: 'connection lost', timedOut: false })).toEqual({ kind: 'retry' });
  });

  it.each([301, 400, 401, 403, 410, 413, 415, 422])('%i is a dead letter at once', (status) => {
    expect(judge(answer(status))).toEqual({ kind: 'dead' });
  });
});

describe('a dead letter', () => {
  const sent = new CloudEvent<unknown>({ id: '1', source: '/s', type: 'a', data: { b: 1 } });
  const cases: Array<[name: string, given: Answer, wanted: Record<string, unknown>]> = [
    ['an answer', answer(422), { knativeerrorcode: 422, knativeerrordata: undefined }],
    ['an answer with a body', answer(500, 'why'), { knativeerrorcode: 500, knativeerrordata: 'd2h5' }],
    ['no answer in time', { cause: 'late', timedOut: true }, { knativeerrorcode: 504 }],
    ['a lost connection', { cause: 'reset', timedOut: false }, { knativeerrorcode: 502 }],
  ];
  it.each(cases)('tells of %s', (_name, given, wanted) => {
    const letter = deadLetter(sent, 'http://127.0.0.1:1/path?q', given);
    const identity = { id: '1', source: '/s', type: 'a', data: { b: 1 } };
    expect(letter).toMatchObject({ ...identity, knativeerrordest: 'http://127.0.0.1:1/path?q' });
    for (const [name, value] of Object.entries(wanted)) expect(letter[name]).toBe(value);
  });

  it('cuts what a long body says', () => {
    const { knativeerrordata } = deadLetter(sent, 'http://x/', answer(500, 'x'.repeat(5000)));
    expect(String(knativeerrordata)).toHaveLength(1024);
  });
});
