import { CloudEvent } from 'cloudevents';
import { describe, expect, it, vi } from 'vitest';
import { createPublisher, publishAll } from '../../../lib/events/index.ts';
import type { Send, Sending } from '../../../lib/events/send.ts';
import { fakeBroker } from '../../support/functions.ts';

const event = (id = '1') => new CloudEvent<unknown>({ id, source: '/s', type: 't', subject: 'ü', data: { a: 1 } });

/** A Broker that answers by these statuses in turn; an error in place of a status is a connection that fails. */
function broker(...answers: Array<number | Error | 'silence'>) {
  const requests: Array<{ url: string; sending: Sending }> = [];
  const send: Send = async (url, sending) => {
    requests.push({ url, sending });
    const answer = answers[Math.min(requests.length, answers.length) - 1] ?? 202;
    if (answer === 'silence') {
      const { signal } = sending;
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    }
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const publish = createPublisher({ sink: 'http://broker.example/ns/b', timeout: 50, retryDelays: [1, 1], send });
  return { publish, requests };
}

describe('an event', () => {
  it.each([202, 400, new Error('away')])('leaves no timer behind, whatever comes of it: %s', async (answer) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const send: Send = async () => {
        if (answer instanceof Error) throw answer;
        return answer;
      };
      const publish = createPublisher({ sink: 'http://broker.example/', timeout: 60_000, retryDelays: [], send });
      await publish(event()).catch(() => {});
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is posted in structured mode, for its attributes may hold what no header may', async () => {
    const { publish, requests } = broker(202);
    await publish(event());
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      url: 'http://broker.example/ns/b',
      sending: { headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' } },
    });
    expect(JSON.parse(String(requests[0]?.sending.body))).toMatchObject({
      specversion: '1.0',
      id: '1',
      subject: 'ü',
      data: { a: 1 },
    });
  });

  const refused = new Error('connect ECONNREFUSED');
  const outcomes: Array<[name: string, answers: Array<number | Error | 'silence'>, tries: number, fault?: string]> = [
    ['200', [200], 1],
    ['204', [204], 1],
    ['503, then 202', [503, 202], 2],
    ['429, then 202', [429, 202], 2],
    ['a lost connection, then 202', [refused, 202], 2],
    ['silence, then 202', ['silence', 202], 2],
    ['400', [400], 1, 'it answered 400'],
    ['404', [404], 1, 'it answered 404'],
    ['a redirect', [302], 1, 'it answered 302'],
    ['503 for ever', [503], 3, 'it answered 503'],
    ['no connection at all', [refused], 3, 'connect ECONNREFUSED'],
    ['silence for ever', ['silence'], 3, 'no answer in 0.05 s'],
  ];
  it.each(outcomes)('that gets %s is tried as often as makes sense', async (_name, answers, tries, fault) => {
    const { publish, requests } = broker(...answers);
    const posted = publish(event());
    if (fault === undefined) await posted;
    else {
      const message = `The Broker at broker.example did not take the event: ${fault}`;
      await expect(posted).rejects.toMatchObject({ code: 'PUBLISH_FAILED', class: 'transient', message });
    }
    expect(requests).toHaveLength(tries);
  });

  it('is not tried again once the process must end', async () => {
    const { publish, requests } = broker('silence');
    const end = new AbortController();
    const posted = publish(event(), { signal: end.signal });
    end.abort();
    await expect(posted).rejects.toMatchObject({ code: 'PUBLISH_FAILED' });
    expect(requests).toHaveLength(1);
  });
});

describe('many events', () => {
  const events = Array.from({ length: 100 }, (_, n) => event(String(n)));

  it('are all tried, also when one of them fails', async () => {
    const { publish, events: posted, refuse } = fakeBroker();
    refuse(({ id }) => id === '7');
    await expect(publishAll(publish, events)).rejects.toMatchObject({ code: 'PUBLISH_FAILED' });
    expect(posted).toHaveLength(99);
  });

  it('are under way a few at a time', async () => {
    let [now, most] = [0, 0];
    await publishAll(async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now--;
    }, events);
    expect(most).toBe(16);
  });
});
