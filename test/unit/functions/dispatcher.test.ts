import { CloudEvent } from 'cloudevents';
import { describe, expect, it } from 'vitest';
import { createHandler } from '../../../functions/dispatcher/handler.ts';
import { objectEvent, readRequested, readResult } from '../../../lib/events/index.ts';
import type { ObjectEvent } from '../../../lib/events/types.ts';
import { createApp, createLifecycle } from '../../../lib/runtime/index.ts';
import { createTransformIndex, type ResolvedTransform } from '../../../lib/transform/index.ts';
import { fakeBroker, keptLog, notification } from '../../support/functions.ts';
import { post } from '../../support/requests.ts';
import { resolved } from '../../support/transforms.ts';

const eventKey = 'key of the installation';
const run = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

const object = (change: Partial<ObjectEvent> = {}): ObjectEvent => ({
  eventName: 'ObjectCreated:Put',
  bucket: 'media',
  key: 'drop/a.mkv',
  etag: 'e1',
  size: 9,
  eventTime: '2026-03-04T05:06:07.089Z',
  region: '',
  userMetadata: {},
  ...change,
});

function start(transforms: ResolvedTransform[], { ready = true } = {}) {
  const broker = fakeBroker();
  const { log, lines } = keptLog();
  const index = createTransformIndex(transforms);
  const handler = createHandler({ transforms: index, ready: () => ready, publish: broker.publish, eventKey, newRun: () => run });
  const app = createApp(handler, { log, lifecycle: createLifecycle(), bodyLimit: 2 ** 20 });
  const send = async (event: CloudEvent<unknown>) => app.fetch(post(event));
  const names = () => broker.events.map(({ data }) => data.transform.name).sort();
  return { broker, lines, send, names };
}

const other = { src: { minio: { endpoint: 'other.example:9000' } } };

describe('an object event', () => {
  const transforms = [
    resolved({ name: 'all', spec: { src: { minio: { key: '' } }, sink: { minio: { key: 'all/{{ .SrcKey }}' } } } }),
    resolved({ name: 'drop' }),
    resolved({ name: 'no-tmp', spec: { src: { minio: { exclude: '\\.tmp$' } } } }),
    resolved({ name: 'only-mov', spec: { src: { minio: { include: '\\.mov$' } } } }),
    resolved({ name: 'suspended', spec: { suspend: true } }),
    resolved({ name: 'elsewhere', spec: other }),
    resolved({ name: 'other-bucket', spec: { src: { minio: { bucket: 'pictures' } } } }),
  ];
  const here = { endpoint: 'minio.example:9000' };
  const cases: Array<[name: string, change: Partial<ObjectEvent>, wanted: string[]]> = [
    ['under a prefix', here, ['all', 'drop', 'no-tmp']],
    ['that exclude names', { ...here, key: 'drop/a.tmp' }, ['all', 'drop']],
    ['that include names', { ...here, key: 'drop/a.mov' }, ['all', 'drop', 'no-tmp', 'only-mov']],
    ['outside of every prefix but the empty one', { ...here, key: 'a.mkv' }, ['all']],
    ['of another bucket', { ...here, bucket: 'pictures' }, ['other-bucket']],
    ['of a bucket that nobody watches', { ...here, bucket: 'nobody' }, []],
    ['of another server', { endpoint: 'other.example:9000' }, ['elsewhere']],
    ['of a server that is not named', {}, ['all', 'drop', 'elsewhere', 'no-tmp']],
    ['of a folder marker', { ...here, key: 'drop/', size: 0 }, []],
    ['of a folder with bytes', { ...here, key: 'drop/', size: 1 }, ['all', 'drop', 'no-tmp']],
    ['made by one of them', { ...here, userMetadata: { 'gst-chain': 'default/drop' } }, ['all', 'no-tmp']],
    ['at the end of a long chain', { ...here, userMetadata: { 'gst-chain': Array(16).fill('x/y').join(',') } }, []],
    ['without an etag', { ...here, etag: undefined }, []],
    ['of a tag', { ...here, eventName: 'ObjectCreated:PutTagging' }, []],
  ];
  it.each(cases)('%s asks for what matches it', async (_name, change, wanted) => {
    const { send, names } = start(transforms);
    const answer = await send(objectEvent(object(change)));
    expect([answer.status, await answer.text()]).toEqual([204, '']);
    expect(names()).toEqual(wanted);
  });

  it('asks by a request that is signed, and tells all that is needed', async () => {
    const { send, broker } = start([resolved({ name: 'drop' })]);
    const cause = objectEvent(object({ contentType: 'video/x-matroska', versionId: 'v1' }));
    await send(cause);
    const [posted] = broker.events;
    const request = readRequested(new CloudEvent(posted as never), eventKey);
    expect(request).toMatchObject({
      transform: { kind: 'Transform', namespace: 'default', name: 'drop' },
      chain: [],
      source: { bucket: 'media', key: 'drop/a.mkv', etag: 'e1', size: 9, versionId: 'v1', contentType: 'video/x-matroska' },
      sinks: [{ name: 'out', bucket: 'media', key: 'mp4/a.mkv.mp4', overwrite: false }],
    });
    expect(posted).toMatchObject({
      id: request.job,
      subject: request.job,
      source: '/transforms/default/drop',
      runner: 'default',
      execution: 'service',
      correlationid: cause.id,
      causationid: cause.id,
    });
    // one trace from the upload on
    expect(String(posted?.traceparent).split('-')[1]).toBe(String(cause.traceparent).split('-')[1]);
  });

  it('delivered again asks for the same job', async () => {
    const { send, broker } = start([resolved()]);
    await send(objectEvent(object()));
    await send(objectEvent(object()));
    await send(objectEvent(object({ etag: 'e2' })));
    const [first, again, otherContent] = broker.events.map(({ id }) => id);
    expect(again).toBe(first);
    expect(otherContent).not.toBe(first);
  });

  it('comes again as a whole where one request cannot be posted, after the others were', async () => {
    const { send, broker, names } = start([resolved({ name: 'a' }), resolved({ name: 'b' }), resolved({ name: 'c' })]);
    broker.refuse(({ data }) => data.transform.name === 'b');
    const answer = await send(objectEvent(object()));
    expect([answer.status, await answer.text()]).toEqual([503, '']);
    expect(names()).toEqual(['a', 'c']);
  });

  it('comes again where something went wrong that nobody foresaw: no record may say that it failed', async () => {
    let looks = 0;
    const odd = {
      ...resolved(),
      get sinks() {
        if (looks++ === 0) throw new TypeError('not foreseen');
        return [];
      },
    };
    const { send, broker } = start([resolved({ name: 'other' }), odd]);
    expect((await send(objectEvent(object()))).status).toBe(503);
    expect(broker.events.filter(({ type }) => type?.endsWith('.failed'))).toEqual([]);
  });

  it('comes again as long as the Transforms are not all known', async () => {
    const { send, broker } = start([resolved()], { ready: false });
    expect((await send(objectEvent(object()))).status).toBe(503);
    expect(broker.events).toEqual([]);
  });

  it('from another bridge, whose data holds S3 records, is taken all the same', async () => {
    const { send, broker } = start([resolved()]);
    const Records = ['drop%2F1', 'drop%2F2'].flatMap((key) => notification({ key }).Records);
    const event = new CloudEvent<unknown>({
      id: 'partition:0/offset:0',
      type: 'dev.knative.kafka.event',
      source: '/k',
      data: { Records },
    });
    expect((await send(event)).status).toBe(204);
    expect(broker.events.map(({ data }) => data.source.key)).toEqual(['drop/1', 'drop/2']);
  });

  it.each([undefined, { hello: 'world' }, 'text', [1, 2]])('with other data (%j) is passed over', async (data) => {
    const { send, broker } = start([resolved()]);
    expect((await send(new CloudEvent<unknown>({ id: '1', type: 'x', source: '/x', data }))).status).toBe(204);
    expect(broker.events).toEqual([]);
  });
});

describe('an object that gives no output key', () => {
  const sink = { minio: { key: '{{ if contains "bad" .SrcKey }}../{{ end }}{{ .SrcName }}.mp4' } };
  const strict = resolved({ name: 'strict', spec: { sink } });

  it('fails for that Transform, with words for the user, and does not stop the others', async () => {
    const { send, broker, lines } = start([strict, resolved({ name: 'plain' })]);
    expect((await send(objectEvent(object({ key: 'drop/bad.mkv' })))).status).toBe(204);
    const [failed, requested] = broker.events.toSorted((a, b) => a.type.localeCompare(b.type));
    expect(requested?.data.transform.name).toBe('plain');
    const result = readResult(new CloudEvent(failed as never));
    expect(result).toMatchObject({
      kind: 'failed',
      run,
      seq: 0,
      data: { error: { code: 'OUTPUT_KEY_INVALID', class: 'permanent', message: expect.stringContaining('"../bad.mp4"') } },
      about: { transform: { name: 'strict' }, source: { key: 'drop/bad.mkv' }, sinks: [] },
    });
    expect(failed).toMatchObject({ source: '/dispatcher', subject: result?.job });
    expect(lines.filter(({ level }) => level === 'warn')).toMatchObject([{ err: { code: 'OUTPUT_KEY_INVALID' } }]);
  });

  it('is the same job as it would have been', async () => {
    const { send, broker } = start([strict]);
    await send(objectEvent(object({ key: 'drop/bad.mkv' })));
    await send(objectEvent(object({ key: 'drop/bad.mkv' })));
    const [first, again] = broker.events.map(({ subject }) => subject);
    expect(first).toMatch(/^strict-[a-z2-7]{26}$/);
    expect(again).toBe(first);
  });
});

describe('ten thousand Transforms', () => {
  it('cost an object no more than a few do', async () => {
    const base = resolved();
    const transforms = Array.from({ length: 10_000 }, (_, n) => ({
      ...base,
      ref: { ...base.ref, name: `t${n}` },
      source: { ...base.source, prefix: `p${n}/` },
    }));
    const index = createTransformIndex(transforms);
    const time = (size: number) => {
      const small = size === 10_000 ? index : createTransformIndex(transforms.slice(0, size));
      for (let warm = 0; warm < 2_000; warm++) small.match({ bucket: 'media', key: 'p7/a', size: 1 });
      // time of its own, whatever else the machine is at; in milliseconds
      const from = process.cpuUsage();
      for (let n = 0; n < 5_000; n++) small.match({ bucket: 'media', key: `p${n % size}/a.mkv`, size: 1 });
      return process.cpuUsage(from).user / 1000;
    };
    expect(index.match({ bucket: 'media', key: 'p9999/a.mkv', size: 1 }).map(({ ref }) => ref.name)).toEqual(['t9999']);
    const few = time(100);
    // a search through all of them would take a hundred times as long
    expect(time(10_000)).toBeLessThan(Math.max(10 * few, 100));
  });
});
