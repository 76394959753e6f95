import { CloudEvent } from 'cloudevents';
import { afterEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import {
  type Broker,
  createBroker,
  type DeliveryReport,
  type Ingress,
  readTriggers,
  startIngress,
} from '../../../cli/dev/broker/index.ts';
import { createPublisher } from '../../../lib/events/index.ts';
import { type Behaviour, startSubscriber } from '../../support/subscriber.ts';
import { until } from '../../support/until.ts';

type Subscriber = Awaited<ReturnType<typeof startSubscriber>>;
const toClose: Array<{ close(): unknown }> = [];

afterEach(async () => {
  for (const one of toClose.splice(0).toReversed()) await one.close();
});

const service = (name: string, uri?: string) => ({ ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name }, uri });
const trigger = (name: string, spec: object) => ({
  kind: 'Trigger',
  metadata: { name },
  spec: { subscriber: service(name), ...spec },
});
/** An answer that comes is in time, however busy the machine is. */
const delivery = { retry: 3, backoffPolicy: 'exponential', backoffDelay: 'PT1S', timeout: 'PT1M' };
const toDead = { ...delivery, deadLetterSink: service('dead', '/dead?a') };
const impatient = { ...toDead, timeout: 'PT0.3S' };

interface Setup {
  broker: Broker;
  ingress: Ingress;
  reports: DeliveryReport[];
}

async function start(manifests: object[], subscribers: Record<string, Subscriber[]>, options = {}): Promise<Setup> {
  const triggers = readTriggers(manifests.map((manifest) => stringify(manifest)).join('---\n'));
  const broker = createBroker({ triggers, backoffScale: 0.001, ...options });
  const ingress = await startIngress(broker);
  toClose.push(ingress, broker);
  for (const [name, all] of Object.entries(subscribers)) for (const { url } of all) broker.subscriber(name).add(url);
  const reports: DeliveryReport[] = [];
  broker.onDelivery((report) => reports.push(report));
  return { broker, ingress, reports };
}

async function subscriber(
  answer: Behaviour | ((count: number) => Behaviour | Promise<Behaviour>) = { status: 204 },
): Promise<Subscriber> {
  const started = await startSubscriber((_got, count) => (typeof answer === 'function' ? answer(count) : answer));
  toClose.push(started);
  return started;
}

const event = (attributes: Record<string, unknown> = {}) =>
  new CloudEvent<unknown>({ id: '1', source: '/test', type: 'a', data: { b: 'ü' }, ...attributes });
const publisher = ({ ingress }: Setup) => createPublisher({ sink: ingress.url, timeout: 60_000, retryDelays: [] });

describe('the local broker', () => {
  it('delivers what it takes, in binary mode, with all attributes', async () => {
    const one = await subscriber();
    const setup = await start([trigger('one', { delivery })], { one: [one] });
    await publisher(setup)(event({ subject: 'x', traceparent: '00-a', number: 7 }));
    await until(() => one.got.length === 1);
    expect(one.got[0]).toMatchObject({ path: '/', body: '{"b":"ü"}' });
    expect(one.got[0]?.headers).toMatchObject({
      'ce-id': '1',
      'ce-type': 'a',
      'ce-subject': 'x',
      'ce-number': '7',
      'ce-specversion': '1.0',
      'content-type': 'application/json',
      prefer: 'reply',
      'ce-knativearrivaltime': expect.any(String),
    });
    await until(() => setup.broker.inHand() === 0);
  });

  it('takes events in binary mode too, and delivers whole what no header can hold', async () => {
    const one = await subscriber();
    const setup = await start([trigger('one', { delivery })], { one: [one] });
    const headers = { 'ce-id': '1', 'ce-source': '/s', 'ce-type': 'a', 'ce-specversion': '1.0', 'content-type': 'text/plain' };
    const response = await fetch(setup.ingress.url, { method: 'POST', headers, body: 'plain ü' });
    expect(response.status).toBe(202);
    await until(() => one.got.length === 1);
    expect(one.got[0]?.body).toBe('plain ü');
    await publisher(setup)(event({ subject: 'ü' }));
    await until(() => one.got.length === 2);
    expect(one.got[1]?.headers['content-type']).toContain('application/cloudevents+json');
    expect(JSON.parse(one.got[1]?.body ?? '')).toMatchObject({ subject: 'ü', data: { b: 'ü' } });
  });

  const unreadable: Array<[name: string, init: RequestInit, status: number]> = [
    ['no event', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }, 400],
    ['a batch', { method: 'POST', body: '[]', headers: { 'content-type': 'application/cloudevents-batch+json' } }, 415],
    ['more than 1 MiB', { method: 'POST', body: 'x'.repeat(2 ** 20 + 1), headers: { 'content-type': 'text/plain' } }, 413],
    ['a GET', { method: 'GET' }, 405],
  ];
  it.each(unreadable)('refuses %s, with an empty body', async (_name, init, status) => {
    const { ingress } = await start([], {});
    const response = await fetch(ingress.url, init);
    expect([response.status, await response.text()]).toEqual([status, '']);
  });

  it('sends an event only where it matches, and to all who want it', async () => {
    const [one, two, three] = [await subscriber(), await subscriber(), await subscriber()];
    const wants = (name: string, type: string) => trigger(name, { delivery, filters: [{ exact: { type } }] });
    const setup = await start([wants('one', 'a'), wants('two', 'a'), wants('three', 'b')], {
      one: [one],
      two: [two],
      three: [three],
    });
    await publisher(setup)(event());
    await until(() => setup.broker.inHand() === 0);
    expect([one, two, three].map(({ got }) => got.length)).toEqual([1, 1, 0]);
  });

  const retried: Array<[name: string, behaviour: Behaviour, code: string | undefined]> = [
    ['503', { status: 503 }, '503'],
    ['404', { status: 404, body: 'why' }, '404'],
    ['429', { status: 429 }, '429'],
    ['a lost connection', 'lose', '502'],
    ['no answer in time', 'hold', '504'],
    ['200 with a body that is no event', { status: 200, body: 'ok', headers: { 'content-type': 'text/plain' } }, undefined],
  ];
  it.each(retried)(
    'tries again after %s, as often as the Trigger says, and then sends a dead letter',
    async (_name, behaviour, code) => {
      const [one, dead] = [await subscriber(behaviour), await subscriber()];
      const delivery = behaviour === 'hold' ? impatient : toDead;
      const setup = await start([trigger('one', { delivery })], { one: [one], dead: [dead] });
      await publisher(setup)(event());
      await until(() => dead.got.length === 1);
      expect(one.got).toHaveLength(4);
      expect(setup.reports.map(({ outcome, wait }) => [outcome, wait])).toEqual([
        ['retry', 1],
        ['retry', 2],
        ['retry', 4],
        ['dead letter', undefined],
        ...(setup.reports.length > 4 ? [['done', undefined]] : []),
      ]);
      expect(dead.got[0]).toMatchObject({ path: '/dead?a', body: '{"b":"ü"}' });
      expect(dead.got[0]?.headers['ce-id']).toBe('1');
      expect(dead.got[0]?.headers['ce-knativeerrorcode']).toBe(code);
      expect(dead.got[0]?.headers['ce-knativeerrordest']).toBe(code && `${one.url}/`);
    },
  );

  it.each([301, 400, 413, 422])('sends a dead letter at once after %i', async (status) => {
    const [one, dead] = [await subscriber({ status, headers: { location: '/' } }), await subscriber()];
    const setup = await start([trigger('one', { delivery: toDead })], { one: [one], dead: [dead] });
    await publisher(setup)(event());
    await until(() => dead.got.length === 1);
    expect(one.got).toHaveLength(1);
    expect(dead.got[0]?.headers['ce-knativeerrorcode']).toBe(String(status));
  });

  it('gives an event up where there are no dead letters', async () => {
    const one = await subscriber({ status: 422 });
    const setup = await start([trigger('one', { delivery })], { one: [one] });
    await publisher(setup)(event());
    await until(() => setup.broker.inHand() === 0);
    expect(setup.reports.map(({ outcome }) => outcome)).toEqual(['lost']);
  });

  it('takes a reply as an event of its own, and ends one that causes itself', async () => {
    const headers = { 'ce-id': 'r', 'ce-source': '/r', 'ce-type': 'a', 'ce-specversion': '1.0' };
    const one = await subscriber({ status: 200, headers });
    const setup = await start([trigger('one', { delivery })], { one: [one] });
    await publisher(setup)(event({ knativebrokerttl: 3 }));
    await until(() => setup.broker.inHand() === 0 && one.got.length > 0);
    expect(one.got.map(({ headers: got }) => got['ce-id'])).toEqual(['1', 'r', 'r']);
  });

  it('gives a process no more at a time than it takes, idle ones first, and loses nothing', async () => {
    const work = { now: 0, most: 0 };
    const busy = async (): Promise<Behaviour> => {
      work.now++;
      work.most = Math.max(work.most, work.now);
      await new Promise((resolve) => setTimeout(resolve, 5));
      work.now--;
      return { status: 204 };
    };
    const [one, two] = [await subscriber(busy), await subscriber(busy)];
    const setup = await start([trigger('work', { delivery })], { work: [one, two] }, { parallel: { work: 1 } });
    await Promise.all(Array.from({ length: 20 }, (_, i) => publisher(setup)(event({ id: String(i) }))));
    await until(() => setup.broker.inHand() === 0);
    expect(work.most).toBe(2);
    expect(new Set([...one.got, ...two.got].map(({ headers }) => headers['ce-id'])).size).toBe(20);
    expect(one.got.length + two.got.length).toBe(20);
    expect(Math.min(one.got.length, two.got.length)).toBeGreaterThan(5);
  });

  it('keeps an event until there is a process for it', async () => {
    const setup = await start([trigger('one', { delivery })], {});
    await publisher(setup)(event());
    const one = await subscriber();
    setup.broker.subscriber('one').add(one.url);
    await until(() => one.got.length === 1);
  });

  it('refuses more than it can hold with 503, and takes on again', async () => {
    const setup = await start([trigger('one', { delivery })], {}, { capacity: 2 });
    const publish = publisher(setup);
    await publish(event());
    await publish(event());
    await expect(publish(event())).rejects.toMatchObject({ code: 'PUBLISH_FAILED', message: expect.stringContaining('503') });
    setup.broker.subscriber('one').add((await subscriber()).url);
    await until(() => setup.broker.inHand() === 0);
    await publish(event());
  });
});
