/** Notifications and CloudEvents as they were found in public: each gives what it means, none stops the next. */
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { createHandler as createDispatcher } from '../../functions/dispatcher/handler.ts';
import { createHandler as createSource } from '../../functions/source/handler.ts';
import { createdObjects } from '../../lib/events/index.ts';
import { createApp, createHttpApp, createLifecycle } from '../../lib/runtime/index.ts';
import type { PostedEvent } from '../support/broker-sink.ts';
import { corpusPath, readCorpus } from '../support/corpus.ts';
import { type FakeBroker, fakeBroker, keptLog, notification } from '../support/functions.ts';
import { resolved } from '../support/transforms.ts';

interface Wanted {
  bucket: string;
  key: string;
  eventName: string;
  created: boolean;
  eTag?: string;
  size?: number;
  versionId?: string;
}
type Outcome = 'ignore' | 'reject' | Wanted | Wanted[];
interface Payload {
  file: string;
  kind: string;
  expect: Outcome;
  also?: Outcome[];
}

const payloads = readCorpus<Payload[]>('events.json');
const cloudEvents = payloads.filter(({ kind }) => kind.startsWith('cloudevent'));
const anyObject = resolved({ name: 'any', spec: { src: { minio: { key: '' } }, sink: { minio: { bucket: 'out' } } } });
const eventKey = 'key';

interface Running {
  broker: FakeBroker;
  post: (body: Uint8Array, headers?: Record<string, string>) => Promise<Response>;
}

function startSource(): Running {
  const broker = fakeBroker();
  const handler = createSource({ publish: broker.publish, authorized: () => true });
  const app = createHttpApp(handler, { log: keptLog().log, lifecycle: createLifecycle(), bodyLimit: 2 ** 20 });
  return { broker, post: (body, headers) => send(app, body, headers) };
}

function startDispatcher(): Running {
  const broker = fakeBroker();
  const handler = createDispatcher({
    transforms: { match: () => [anyObject] },
    ready: () => true,
    publish: broker.publish,
    eventKey,
    newRun: () => '01ARZ3NDEKTSV4RRFFQ69G5FAV',
  });
  const app = createApp(handler, { log: keptLog().log, lifecycle: createLifecycle(), bodyLimit: 2 ** 20 });
  return { broker, post: (body, headers) => send(app, body, headers) };
}

async function send(
  app: { fetch(request: Request): Response | Promise<Response> },
  body: Uint8Array,
  headers: Record<string, string> = { 'content-type': 'application/json' },
): Promise<Response> {
  return app.fetch(new Request('http://function/', { method: 'POST', headers, body: Buffer.from(body) }));
}

/** A request as it stands in its file: a line, headers, an empty line, a body. */
function readHttp(file: string): { headers: Record<string, string>; body: Uint8Array } {
  const raw = readFileSync(file);
  const end = raw.indexOf('\r\n\r\n');
  const [, ...lines] = raw.subarray(0, end).toString('latin1').split('\r\n');
  const headers = lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]);
  const kept = headers.filter(([name = '']) => !['host', 'content-length', 'connection'].includes(name));
  return { headers: Object.fromEntries(kept), body: raw.subarray(end + 4) };
}

function requestOf({ file, kind }: Payload) {
  const path = corpusPath('events', file);
  if (file.endsWith('.http')) return readHttp(path);
  const type = kind === 'cloudevent-batch' ? 'application/cloudevents-batch+json' : 'application/cloudevents+json';
  return { headers: { 'content-type': type }, body: readFileSync(path) };
}

/** What each good answer comes to: the objects that may be run. */
function alternatives({ expect: first, also = [] }: Payload): Wanted[][] {
  return [first, ...also].map((outcome) =>
    typeof outcome === 'string' ? [] : [outcome].flat().filter(({ created }) => created),
  );
}

/** The fields that the description names; EventBridge has names of its own for events. */
function comparable({ bucket, key, eventName, eTag, size, versionId }: Omit<Wanted, 'created'>, named: Wanted) {
  const own = /^(s3:)?ObjectCreated:/.test(named.eventName);
  return {
    bucket,
    key,
    eventName: own ? eventName.replace(/^s3:/, '') : undefined,
    eTag: named.eTag === undefined ? undefined : eTag,
    size: named.size === undefined ? undefined : size,
    versionId: named.versionId === undefined ? undefined : versionId,
  };
}

function expectOneOf(found: Omit<Wanted, 'created'>[], payload: Payload): void {
  const choices = alternatives(payload);
  const choice = choices.find(({ length }) => length === found.length) ?? choices[0] ?? [];
  expect(found.map((object, at) => comparable(object, choice[at] as Wanted))).toEqual(
    choice.map((object) => comparable(object, object)),
  );
}

/** What an object event tells, read as the dispatcher reads it. */
const told = ({ data }: PostedEvent) =>
  createdObjects(data).map(({ etag, ...object }): Wanted => ({ ...object, created: true, ...(etag && { eTag: etag }) }));

it('has payloads of every kind', () => {
  expect(payloads.length).toBeGreaterThan(50);
  expect(new Set(payloads.map(({ kind }) => kind)).size).toBe(6);
  expect(payloads.filter((payload) => (alternatives(payload)[0] ?? []).length > 0).length).toBeGreaterThan(15);
});

describe('source', () => {
  let running: Running;
  beforeEach(() => {
    running = startSource();
  });

  it.each(payloads)('takes $file for what it is', async (payload) => {
    const { body } = requestOf(payload);
    const answer = await running.post(body);
    // whatever is refused comes again, for ever
    expect(answer.status).toBe(204);
    // an event of some bridge is nobody's webhook, but holds records all the same
    if (!payload.kind.startsWith('cloudevent')) expectOneOf(running.broker.events.flatMap(told), payload);
    expect(running.broker.events.every(({ subject }) => /^[\x20-\x7e]+$/.test(subject))).toBe(true);

    const before = running.broker.events.length;
    expect((await running.post(Buffer.from(JSON.stringify(notification({ key: 'next.mkv' }))))).status).toBe(204);
    expect(running.broker.events.slice(before).map(({ subject }) => subject)).toEqual(['next.mkv']);
  });
});

describe('dispatcher', () => {
  let running: Running;
  beforeEach(() => {
    running = startDispatcher();
  });
  const sources = (events: PostedEvent[]) =>
    events.map(({ data: { source } }) => ({ ...source, eTag: source.etag, eventName: 's3:ObjectCreated:Put' }) as Wanted);

  it.each(cloudEvents)('takes $file for what it is', async (payload) => {
    const { headers, body } = requestOf(payload);
    const { status } = await running.post(body, headers);
    const mayRefuse = [payload.expect, ...(payload.also ?? [])].includes('reject');
    expect(status === 204 || (mayRefuse && [400, 415].includes(status)), `answer ${status}`).toBe(true);
    expectOneOf(sources(running.broker.events), payload);
    expect(running.broker.events.every(({ type }) => type === 'io.gst.pipelines.transform.requested')).toBe(true);
  });

  const others = payloads.filter(({ kind }) => !kind.startsWith('cloudevent'));
  it.each(others)('asks for the same objects that source told of in $file', async (payload) => {
    const source = startSource();
    await source.post(requestOf(payload).body);
    for (const event of source.broker.events) {
      const answer = await running.post(Buffer.from(JSON.stringify(event)), { 'content-type': 'application/cloudevents+json' });
      expect(answer.status).toBe(204);
    }
    // without an etag one content cannot be told from another: the sweep asks for those
    const wanted = source.broker.events.flatMap(told).filter(({ eTag }) => eTag !== undefined);
    const place = ({ bucket, key, eTag, size }: Wanted) => ({ bucket, key, eTag, size });
    expect(sources(running.broker.events).map(place)).toEqual(wanted.map(place));
  });
});
