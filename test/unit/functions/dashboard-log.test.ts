import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJobLogs, type JobLogs } from '../../../functions/dashboard/job-log.ts';
import { keepSecret } from '../../../lib/telemetry/index.ts';
import { statusOf } from '../../support/dashboard.ts';
import { dashboardApp } from '../../support/dashboard-app.ts';
import { until } from '../../support/until.ts';

let folder: string;
let logs: JobLogs;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'job-log-'));
  logs = createJobLogs({ folder, most: 2, interval: 5, heartbeat: 20 });
});
afterEach(async () => {
  logs.close();
  await rm(folder, { recursive: true, force: true });
});
const file = () => join(folder, 'a.jsonl');
const line = (msg: string, further = {}) => `${JSON.stringify({ level: 'info', msg, ...further })}\n`;

/** Reads a stream until it ends. */
function listen(stream: ReadableStream<Uint8Array> | undefined) {
  let text = '';
  const reader = stream?.getReader();
  const ended = (async () => {
    const decoder = new TextDecoder();
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) text += decoder.decode(part.value);
  })();
  const events = () =>
    [...text.matchAll(/^id: (\d+)\nevent: lines\ndata: (.*)\n\n/gm)].map(([, id = '', data = '']) => ({
      id,
      ...JSON.parse(data),
    }));
  return {
    text: () => text,
    ended,
    last: () => events().at(-1)?.id as string,
    cut: () => events().some(({ cut }) => cut),
    said: () => events().flatMap(({ lines }) => lines.map(({ msg }: { msg: string }) => msg)),
    async stop() {
      await reader?.cancel();
      await ended;
    },
  };
}

describe('the log of a job', () => {
  it('is followed from the first line on, also where the file is still to come, and each line is told whole', async () => {
    const reader = listen(logs.follow('a'));
    await until(() => /^:$/m.test(reader.text()));
    await writeFile(file(), line('one') + line('two').slice(0, 9));
    await until(() => reader.said().length === 1);
    await appendFile(file(), line('two').slice(9) + line('three'));
    await until(() => reader.said().length === 3);
    expect(reader.said()).toEqual(['one', 'two', 'three']);
    await reader.stop();
  });

  it('goes on where the reader left off', async () => {
    await writeFile(file(), line('one') + line('two'));
    const first = listen(logs.follow('a'));
    await until(() => first.said().length === 2);
    await first.stop();
    await appendFile(file(), line('three'));
    const again = listen(logs.follow('a', first.last()));
    await until(() => again.said().length > 0);
    expect(again.said()).toEqual(['three']);
    for (const strange of ['', '-1', '1e3', 'x']) {
      const other = listen(logs.follow('a', strange));
      await until(() => other.said().length === 3);
      await other.stop();
    }
    await again.stop();
  });

  it('begins near its end where it is long, and says so', async () => {
    const lines = Array.from({ length: 5_000 }, (_, n) => line(`line ${n}`, { padding: 'x'.repeat(50) }));
    await writeFile(file(), lines.join(''));
    const reader = listen(logs.follow('a'));
    await until(() => reader.said().at(-1) === 'line 4999');
    expect(reader.cut()).toBe(true);
    const said = reader.said();
    expect(said).toEqual(Array.from({ length: said.length }, (_, n) => `line ${5_000 - said.length + n}`));
    expect(said.length).toBeLessThan(4_000);
    await reader.stop();
  });

  it('passes over what is no line of a log, however long', async () => {
    await writeFile(file(), `text\n[1]\n{"half\n${'y'.repeat(200_000)}\n${line('one')}`);
    const reader = listen(logs.follow('a'));
    await until(() => reader.said().length === 1);
    expect(reader.said()).toEqual(['one']);
    await reader.stop();
  });

  it('holds no secret and no address that gives access', async () => {
    keepSecret('a secret of this installation');
    const address = 'http://minio:9000/media/a.mkv?X-Amz-Credential=abc&X-Amz-Signature=0123456789abcdef';
    await writeFile(file(), line('fetched', { url: address, key: 'a secret of this installation' }));
    const reader = listen(logs.follow('a'));
    await until(() => reader.said().length === 1);
    for (const text of [reader.text(), await logs.read('a')]) {
      expect(text).toContain('X-Amz-Signature=<secret>');
      expect(text).not.toMatch(/0123456789abcdef|a secret of/);
    }
    await reader.stop();
  });

  it('is open to so many readers and no more, and counts those that have gone', async () => {
    const readers = [listen(logs.follow('a')), listen(logs.follow('a'))];
    expect(logs.follow('a')).toBeUndefined();
    await readers[0]?.stop();
    const next = listen(logs.follow('a'));
    logs.close();
    await Promise.all([readers[1]?.ended, next.ended]);
  });

  it('is that of a job by its name, which leads nowhere else', async () => {
    await writeFile(join(folder, 'a.jsonl'), line('one'));
    expect(() => logs.follow('../a')).toThrow(/is no name/);
    expect(await logs.read('b')).toBeUndefined();
  });
});

describe('the log at the server', () => {
  it('is there for jobs that are there, where lines are kept', async () => {
    await writeFile(file(), line('one'));
    const kept = await dashboardApp({ logs });
    kept.put({ name: 'a', status: statusOf.running(1) }, { name: 'b' });
    const statusOfPath = async (app: typeof kept, path: string) => (await app.ask(`/api/jobs/default/${path}`)).status;
    expect(await (await kept.ask('/api/jobs/default/a')).json()).toMatchObject({ hasLog: true });
    const answer = await kept.ask('/api/jobs/default/a/log');
    expect([answer.headers.get('content-type'), await answer.text()]).toEqual(['text/plain; charset=utf-8', line('one')]);
    expect(await statusOfPath(kept, 'b/log')).toBe(404);
    expect(await statusOfPath(kept, 'none/log/events')).toBe(404);
    const events = await kept.ask('/api/jobs/default/a/log/events', { headers: { 'last-event-id': '0' } });
    expect(events.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    await events.body?.cancel();
    const nothing = await dashboardApp();
    nothing.put({ name: 'a' });
    expect([await statusOfPath(nothing, 'a/log'), await statusOfPath(nothing, 'a/log/events')]).toEqual([404, 404]);
  });
});
