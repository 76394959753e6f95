import { describe, expect, it } from 'vitest';
import type { Change } from '../../../functions/dashboard/board.ts';
import { createEventStreams } from '../../../functions/dashboard/event-stream.ts';
import { statusOf, transformYaml } from '../../support/dashboard.ts';
import { dashboardApp } from '../../support/dashboard-app.ts';
import { until } from '../../support/until.ts';

type App = Awaited<ReturnType<typeof dashboardApp>>;

/** Reads a stream of events until it is closed. */
async function listen(app: App, lastEventId?: string) {
  const answer = await app.ask('/events', lastEventId === undefined ? {} : { headers: { 'last-event-id': lastEventId } });
  const reader = answer.body?.getReader();
  const events: Array<{ id: string; change: Change }> = [];
  let text = '';
  const reading = (async () => {
    const decoder = new TextDecoder();
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      text += decoder.decode(part.value, { stream: true });
      const found = [...text.matchAll(/^id: (.*)\nevent: change\ndata: (.*)\n\n/gm)];
      events.splice(0, events.length, ...found.map(([, id = '', data = '']) => ({ id, change: JSON.parse(data) })));
    }
  })();
  return {
    answer,
    events,
    text: () => text,
    async stop() {
      await reader?.cancel();
      await reading;
    },
    ended: reading,
  };
}
const names = ({ jobs }: Change) => jobs.map(({ name }) => name);

describe('the stream of events', () => {
  it('listens to nothing any more when its reader has gone', async () => {
    const app = await dashboardApp();
    let listening = 0;
    const listen = (listener: () => void) => {
      const end = app.board.listen(listener);
      listening++;
      return () => {
        listening--;
        end();
      };
    };
    const streams = createEventStreams({ board: { ...app.board, version: app.board.version, listen }, epoch: 'e' });
    const open = [streams.open(undefined), streams.open(undefined)];
    expect([listening, streams.count]).toEqual([2, 2]);
    await open[0]?.cancel();
    expect([listening, streams.count]).toEqual([1, 1]);
    streams.close();
    expect([listening, streams.count]).toEqual([0, 0]);
  });

  it('begins with all there is, then tells only what changed and what went', async () => {
    const app = await dashboardApp();
    app.setTransforms(transformYaml());
    app.put({ name: 'a', status: statusOf.running(1) }, { name: 'b', status: statusOf.finished() });
    const { answer, events, stop } = await listen(app);
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    await until(() => events.length === 1);
    expect(events[0]?.change).toMatchObject({ all: true, jobCount: 2, ready: true, transforms: [{ name: 'mp4-converter' }] });
    expect(names(events[0]?.change as Change)).toEqual(['a', 'b']);
    app.put({ name: 'a', status: statusOf.running(2) });
    await until(() => events.length === 2);
    expect(events[1]?.change).toMatchObject({ all: false, jobs: [{ name: 'a', percent: 2 }], transforms: [] });
    app.remove('b');
    await until(() => events.length === 3);
    expect(events[2]?.change).toMatchObject({ jobs: [], goneJobs: ['default/b'] });
    await stop();
  });

  it('says nothing where a record was written again and means the same', async () => {
    const app = await dashboardApp();
    const status = statusOf.running(1);
    app.put({ name: 'a', status, created: '2026-01-01T00:00:00Z' });
    const { version } = app.board;
    app.put({ name: 'a', status, created: '2026-01-01T00:00:00Z' });
    expect(app.board.version).toBe(version);
    app.put({ name: 'a', status: { ...status, runs: 2 }, created: '2026-01-01T00:00:00Z' });
    expect(app.board.version).toBe(version + 1);
  });

  it('goes on from the event that a reader got last, and begins anew for one of another process', async () => {
    const app = await dashboardApp();
    app.put({ name: 'a' }, { name: 'b' });
    const first = await listen(app);
    await until(() => first.events.length === 1);
    const { id } = first.events[0] as { id: string };
    await first.stop();
    app.put({ name: 'b', status: statusOf.running(3) });
    app.remove('a');
    const again = await listen(app, id);
    await until(() => again.events.length === 1);
    expect(again.events[0]?.change).toMatchObject({ all: false, jobs: [{ name: 'b' }], goneJobs: ['default/a'] });
    await again.stop();
    for (const strange of ['other.1', 'e.99', 'e.x', '']) {
      const other = await listen(app, strange);
      await until(() => other.events.length === 1);
      expect(other.events[0]?.change.all).toBe(true);
      await other.stop();
    }
  });

  it('tells a reader that is slow less often, not later', async () => {
    const app = await dashboardApp();
    const answer = await app.ask('/events');
    for (let percent = 0; percent < 50; percent++) app.put({ name: 'a', status: statusOf.running(percent) });
    const reader = answer.body?.getReader();
    let text = '';
    while (!text.includes('"percent":49')) text += Buffer.from((await reader?.read())?.value ?? []).toString();
    expect(text.match(/event: change/g)?.length).toBeLessThan(4);
    await reader?.cancel();
  });

  it('is kept alive while nothing happens', async () => {
    const app = await dashboardApp();
    const { text, stop } = await listen(app);
    await until(() => /^:$/m.test(text()));
    await stop();
  });

  it('is open to so many readers and no more, and counts those that have gone', async () => {
    const app = await dashboardApp();
    const readers = [await listen(app), await listen(app)];
    const refused = await app.ask('/events');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
    await readers[0]?.stop();
    const next = await listen(app);
    expect(next.answer.status).toBe(200);
    app.streams.close();
    await Promise.all([readers[1]?.ended, next.ended]);
    expect(app.streams.count).toBe(0);
  });

  it('shows the newest jobs where there are more than it holds, and those at work whatever their age', async () => {
    const app = await dashboardApp({ maxJobs: 3 });
    app.put({
      name: 'old-running',
      created: '2020-01-01T00:00:00Z',
      status: { ...statusOf.running(1), startTime: '2020-01-01T00:00:00Z' },
    });
    for (let n = 0; n < 5; n++) app.put({ name: `done-${n}`, status: statusOf.finished(100 - n) });
    const { events, stop } = await listen(app);
    await until(() => events.length === 1);
    expect(events[0]?.change.jobCount).toBe(6);
    expect(names(events[0]?.change as Change).sort()).toEqual(['done-3', 'done-4', 'old-running']);
    await stop();
  });
});
