import { describe, expect, it } from 'vitest';
import { bearer } from '../../../functions/source/authorized.ts';
import { createHandler } from '../../../functions/source/handler.ts';
import { source } from '../../../functions/source/index.ts';
import { createdObjects } from '../../../lib/events/index.ts';
import { createHttpApp, createLifecycle, runFunction, runOnce } from '../../../lib/runtime/index.ts';
import { fakeBroker, keptLog, notification } from '../../support/functions.ts';

const token = 'a token';
const bodyLimit = 2 ** 20;

const bodyOf = (body: unknown) => {
  if (body instanceof Uint8Array) return Buffer.from(body);
  return typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
};

function start({ endpoint }: { endpoint?: string } = {}) {
  const broker = fakeBroker();
  const { log, lines } = keptLog();
  const handler = createHandler({ publish: broker.publish, authorized: bearer('secret'), endpoint });
  const app = createHttpApp(handler, { log, lifecycle: createLifecycle(), bodyLimit, ping: true });
  const send = (body: unknown, headers: Record<string, string> = { authorization: 'Bearer secret' }) =>
    app.fetch(
      new Request('http://source/', {
        method: 'POST',
        headers,
        body: bodyOf(body),
      }),
    );
  const warnings = () => lines.filter(({ level }) => level === 'warn');
  return { app, broker, lines, warnings, send };
}

describe('a notification', () => {
  it('becomes one object event, with the true key in its data and ASCII in its attributes', async () => {
    const { send, broker } = start({ endpoint: 'minio.example:9000' });
    const key = 'drop/a b+ü&.mp4';
    const answer = await send(notification({ key: 'drop%2Fa+b%2B%C3%BC%26.mp4', eTag: '"e1"', versionId: 'v1' }));
    expect([answer.status, await answer.text()]).toEqual([204, '']);
    const [event] = broker.events;
    expect(broker.events).toHaveLength(1);
    expect(event).toMatchObject({
      type: 'com.amazonaws.s3.ObjectCreated:Put',
      source: 'minio:s3..media',
      subject: encodeURIComponent(key),
      time: '2026-03-04T05:06:07.089Z',
      bucket: 'media',
      endpoint: 'minio.example:9000',
      datacontenttype: 'application/json',
    });
    expect(event?.correlationid).toBe(event?.id);
    expect(event?.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(createdObjects(event?.data)).toMatchObject([{ bucket: 'media', key, etag: 'e1', size: 9, versionId: 'v1' }]);
  });

  it('names no endpoint where none is set', async () => {
    const { send, broker } = start();
    await send(notification());
    expect(broker.events[0]).not.toHaveProperty('endpoint');
  });

  it('of another version of the same content has an id of its own: each is told of', async () => {
    const { send, broker } = start();
    for (const versionId of ['v1', 'v2', 'v2']) await send(notification({ versionId }));
    const [one, two, again] = broker.events.map(({ id }) => id);
    expect([one === two, two === again]).toEqual([false, true]);
  });

  it('sent again gives the same id; other content, another', async () => {
    const { send, broker } = start();
    await send(notification());
    await send({ ...notification(), EventName: 'told differently' });
    await send(notification({ eTag: 'e2' }));
    const ids = broker.events.map(({ id }) => id);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('with a bad record among good ones gives an event for each good one', async () => {
    const { send, broker, warnings } = start();
    const good = (key: string) => notification({ key }).Records[0];
    const Records = [good('1.mkv'), null, { eventName: 's3:ObjectCreated:Put' }, good('2.mkv'), 7, good('3.mkv')];
    expect((await send({ Records })).status).toBe(204);
    expect(broker.events.map(({ subject }) => subject).sort()).toEqual(['1.mkv', '2.mkv', '3.mkv']);
    expect(warnings()).toMatchObject([{ unusable: 3 }]);
  });

  it('is sent again by MinIO where the Broker refuses one of its events, after the others were posted', async () => {
    const { send, broker } = start();
    const Records = ['1', '2', '3'].flatMap((key) => notification({ key }).Records);
    broker.refuse(({ subject }) => subject === '2');
    const answer = await send({ Records });
    expect([answer.status, await answer.text()]).toEqual([503, '']);
    expect(broker.events.map(({ subject }) => subject).sort()).toEqual(['1', '3']);
    broker.refuse(() => false);
    expect((await send({ Records })).status).toBe(204);
  });

  const passedOver: Array<[name: string, body: unknown, warned: number]> = [
    ['of a tag', notification({}, { eventName: 's3:ObjectCreated:PutTagging' }), 0],
    ['of a retention', notification({}, { eventName: 's3:ObjectCreated:PutRetention' }), 0],
    ['of a legal hold', notification({}, { eventName: 's3:ObjectCreated:PutLegalHold' }), 0],
    ['of a removal', notification({}, { eventName: 's3:ObjectRemoved:Delete' }), 0],
    ['of a folder marker', notification({ key: 'drop%2F', size: undefined }), 0],
    ['that is no JSON', '“EventName”', 1],
    ['that is JSON of something else', { hello: 'world' }, 1],
    ['that is a number', '42', 1],
    ['that is null', 'null', 1],
    ['without records', { EventName: 's3:ObjectCreated:Put', Key: 'media/a', Records: null }, 1],
    ['of bytes', '\0\x01\x02', 1],
  ];
  it.each(passedOver)('%s is answered 2xx, publishes nothing, and does not stop the next', async (_name, body, warned) => {
    const { send, broker, warnings } = start();
    const answer = await send(body);
    expect([answer.status, await answer.text()]).toEqual([204, '']);
    expect(broker.events).toEqual([]);
    expect(warnings()).toHaveLength(warned);
    await send(notification());
    expect(broker.events).toHaveLength(1);
  });

  it('may begin with a byte order mark', async () => {
    const { send, broker } = start();
    await send(`\u{feff}${JSON.stringify(notification({ key: 'a.mp4' }))}`);
    expect(broker.events.map(({ subject }) => subject)).toEqual(['a.mp4']);
  });

  it('that is no UTF-8 names no other object', async () => {
    const { send, broker } = start();
    const answer = await send(Buffer.from(JSON.stringify(notification({ key: '\u{e4}.mp4' })), 'latin1'));
    expect([answer.status, broker.events]).toEqual([204, []]);
  });

  it('of a folder with bytes is an object like any other', async () => {
    const { send, broker } = start();
    await send(notification({ key: 'drop%2F', size: 1 }));
    expect(broker.events).toHaveLength(1);
  });

  it('over the limit is answered 413, with or without its length', async () => {
    const { app, send, broker } = start();
    const large = notification({ key: 'a'.repeat(5_000_000) });
    const known = await send(large);
    const stream = new Blob([JSON.stringify(large)]).stream();
    const unknown = await app.fetch(
      new Request('http://source/', {
        method: 'POST',
        headers: { authorization: 'Bearer secret' },
        body: stream,
        duplex: 'half',
      } as RequestInit),
    );
    expect([known.status, await known.text()]).toEqual([413, '']);
    expect([unknown.status, await unknown.text()]).toEqual([413, '']);
    expect(broker.events).toEqual([]);
  });
});

describe('the token', () => {
  const wrong: Array<[name: string, header: string | undefined]> = [
    ['is missing', undefined],
    ['is another', 'Bearer other'],
    ['is cut short', 'Bearer secre'],
    ['has another scheme', 'Basic secret'],
    ['has no scheme', 'secret'],
    ['is empty', 'Bearer '],
  ];
  it.each(wrong)('that %s is answered 401', async (_name, header) => {
    const { send, broker } = start();
    const answer = await send(notification(), header === undefined ? {} : { authorization: header });
    expect([answer.status, await answer.text()]).toEqual([401, '']);
    expect(broker.events).toEqual([]);
  });

  it.each(['Bearer secret', 'bearer secret', 'Bearer  secret '])('passes as %j', async (authorization) => {
    const { send, broker } = start();
    expect((await send(notification(), { authorization })).status).toBe(204);
    expect(broker.events).toHaveLength(1);
  });

  it('of two words is sent as it is, as MinIO does', () => {
    const authorized = bearer(token);
    expect(authorized('a token')).toBe(true);
    expect(authorized('Bearer a token')).toBe(false);
  });
});

describe('who looks whether somebody is there', () => {
  it('by an empty POST, with or without the token, is answered 2xx', async () => {
    const { send, broker, warnings } = start();
    expect((await send(undefined)).status).toBe(204);
    expect((await send(undefined, {})).status).toBe(204);
    expect((await send(undefined, { authorization: 'Bearer other' })).status).toBe(401);
    expect(broker.events).toEqual([]);
    expect(warnings().filter(({ msg }) => msg !== 'request refused')).toEqual([]);
  });

  it.each(['GET', 'HEAD'])('by %s is answered 2xx', async (method) => {
    const { app } = start();
    expect((await app.fetch(new Request('http://source/', { method }))).status).toBe(200);
  });
});

describe('the settings of source', () => {
  const env = { K_SINK: 'http://broker.example/', LOG_LEVEL: 'silent' };

  it.each([
    ['to serve', runFunction],
    ['for one event', runOnce],
  ])('are at fault all at once, with those of the runtime: %s', async (_name, run) => {
    const told = await run(source, { PORT: 'abc', K_EVENT_PATH: '/nonexistent' }).catch(({ message }: Error) => message);
    for (const name of ['PORT must be', 'K_SINK is required', 'WEBHOOK_AUTH_TOKEN is required']) expect(told).toContain(name);
  });

  it('ask for a token, unless strangers are let in on purpose', async () => {
    await expect(source.start(env)).rejects.toMatchObject({
      code: 'SETTINGS_INVALID',
      message: expect.stringContaining('WEBHOOK_AUTH_TOKEN is required'),
    });
    for (const more of [{ WEBHOOK_AUTH_TOKEN: 't' }, { WEBHOOK_ALLOW_ANONYMOUS: 'true' }]) {
      await (await source.start({ ...env, ...more })).close();
    }
  });

  it('tell all that is wrong at once', async () => {
    const wrong = source.start({ LOG_LEVEL: 'silent', PORT: 'x', WEBHOOK_ALLOW_ANONYMOUS: 'no way' });
    await expect(wrong).rejects.toMatchObject({ message: expect.stringMatching(/PORT.*K_SINK.*WEBHOOK_ALLOW_ANONYMOUS/s) });
  });

  it('let nobody in where WEBHOOK_ALLOW_ANONYMOUS comes beside a token', async () => {
    const set = { ...env, WEBHOOK_AUTH_TOKEN: 't', WEBHOOK_ALLOW_ANONYMOUS: 'true' };
    const { app, close } = await source.start(set, { log: keptLog().log });
    const request = new Request('http://source/', { method: 'POST', body: JSON.stringify(notification()) });
    expect((await app.fetch(request)).status).toBe(401);
    await close();
  });
});
