import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudEvent } from 'cloudevents';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHandler } from '../../../functions/recorder/handler.ts';
import { recorder } from '../../../functions/recorder/index.ts';
import { Fault } from '../../../lib/errors.ts';
import { createFileJobStore, type JobRecord } from '../../../lib/jobs/index.ts';
import { kubernetesFault } from '../../../lib/kubernetes/index.ts';
import type { EventContext, RunningFunction } from '../../../lib/runtime/index.ts';
import { keptLog, type LogLine } from '../../support/functions.ts';
import { post, requestedEvent } from '../../support/requests.ts';
import { posted, request, runAt } from '../../support/results.ts';

const { job } = request;
const run = runAt(0);

let folder: string;
let running: RunningFunction;
let lines: LogLine[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gst-recorder-'));
  const kept = keptLog();
  lines = kept.lines;
  running = await recorder.start({ JOBS_DIR: folder }, { log: kept.log });
});
afterEach(async () => {
  await running.close();
  await rm(folder, { recursive: true });
});

const send = async (event: CloudEvent<unknown>, path = '/') => running.app.fetch(post(event, `http://recorder${path}`));
const record = async (): Promise<JobRecord | undefined> => (await createFileJobStore(folder)).get('default', job);
const all = async () => (await createFileJobStore(folder)).list();
const told = (level: string) => lines.filter((line) => line.level === level).map(({ msg }) => msg);

describe('a namespace that is gone', () => {
  const refusals: Array<[status: number, message: string, dropped: boolean]> = [
    [404, 'namespaces "default" not found', true],
    [
      403,
      'jobs.pipelines.gst.io "x" is forbidden: unable to create new content in namespace default because it is being terminated',
      true,
    ],
    [403, 'jobs.pipelines.gst.io is forbidden: User "x" cannot create resource "jobs"', false],
    [404, 'jobs.pipelines.gst.io "x" not found', false],
  ];
  it.each(refusals)('has nothing to record: %i %s', async (code, message, dropped) => {
    const refused = async () => {
      throw kubernetesFault('create jobs', { code, body: JSON.stringify({ message }) });
    };
    const handler = createHandler({ jobs: { create: refused, update: refused }, now: () => new Date() });
    for (const event of [posted('started', { run, seq: 0 }), requestedEvent(request)]) {
      const { log, lines: kept } = keptLog();
      const answer = Promise.resolve(handler(event, { path: '/', log } as EventContext));
      const outcome = await answer.then(
        () => 'dropped',
        (error) => Fault.from(error).code,
      );
      expect(outcome).toBe(dropped ? 'dropped' : 'KUBERNETES_FAILED');
      const wanted = { msg: 'its namespace is gone: nothing is recorded', job, transform: expect.stringMatching('^default/') };
      expect(kept).toEqual(dropped ? [expect.objectContaining(wanted)] : []);
    }
  });
});

describe('a request', () => {
  it('is a record that waits, until a run tells more', async () => {
    expect((await send(requestedEvent(request))).status).toBe(204);
    expect(await record()).toMatchObject({
      spec: { pipelineRef: { name: 'test' }, src: { name: 'drop/a b.mkv', etag: 'e1' }, sinks: [{ name: 'mp4/a b.mp4' }] },
      status: { state: 'Pending', conditions: [{ type: 'Pending', status: 'True', reason: 'Requested' }] },
    });
    await send(posted('started', { run, seq: 0 }));
    expect(await record()).toMatchObject({ status: { state: 'InProgress', runs: 1 } });
  });

  const known: Array<[name: string, kind: 'started' | 'succeeded' | 'failed']> = [
    ['is under way', 'started'],
    ['is done', 'succeeded'],
    ['has failed', 'failed'],
  ];
  it.each(known)('of work that %s changes nothing, whether it is late or made once more', async (_name, kind) => {
    await send(posted(kind, { run, seq: 0 }));
    const before = await record();
    for (const id of [job, `${job}.01k`]) expect((await send(requestedEvent(request, { id }))).status).toBe(204);
    expect(await record()).toEqual(before);
  });

  it('that nobody signed makes a record at most: nothing is run because of it', async () => {
    expect((await send(requestedEvent(request, { key: 'another key' }))).status).toBe(204);
    expect((await record())?.status?.state).toBe('Pending');
  });

  it('that cannot be read is answered 400', async () => {
    const bad = requestedEvent(request).cloneWith({ data: { ...request, job: '../up' } });
    expect((await send(bad as CloudEvent<unknown>)).status).toBe(400);
    expect(await all()).toEqual([]);
  });
});

describe('a result', () => {
  it('becomes a record, and the next one changes it', async () => {
    const answer = await send(posted('started', { run, seq: 0 }));
    expect([answer.status, await answer.text()]).toEqual([204, '']);
    expect(await record()).toMatchObject({ status: { state: 'InProgress' } });
    await send(posted('succeeded', { run, seq: 5 }));
    expect(await record()).toMatchObject({ status: { state: 'Finished', run, seq: 5 }, spec: { sinks: [{ etag: 'o1' }] } });
  });

  it('alone is enough for a whole record, whichever of a run it is', async () => {
    await send(posted('failed', { run, seq: 0 }));
    expect(await record()).toMatchObject({
      spec: { pipelineRef: { name: 'test' }, src: { name: 'drop/a b.mkv' }, sinks: [{ name: 'mp4/a b.mp4' }] },
      status: { state: 'Failed', error: { code: 'MEDIA_CORRUPT' } },
    });
  });

  it('delivered late or again is answered 204, and changes nothing', async () => {
    await send(posted('failed', { run, seq: 3 }));
    const before = await record();
    for (const seq of [3, 1]) expect((await send(posted('progress', { run, seq }))).status).toBe(204);
    expect(await record()).toEqual(before);
  });

  it('that cannot be read is answered 400', async () => {
    const bad = posted('started', { run, seq: 0 }).cloneWith({ id: 'another' });
    expect((await send(bad as CloudEvent<unknown>)).status).toBe(400);
    const climbing = posted('started', { run, seq: 0, data: {} });
    const data = { ...(climbing.data as object), transform: { kind: 'Transform', namespace: '../..', name: 'x' } };
    expect((await send(climbing.cloneWith({ data }) as CloudEvent<unknown>)).status).toBe(400);
    expect(await all()).toEqual([]);
  });

  it.each(['8ZZZZZZZZZZZZZZZZZZZZZZZZZ', '7ZZZZZZZZZZZZZZZZZZZZZZZZZ'])(
    'of a run in a time that cannot be written is answered 400: %s',
    async (odd) => {
      const { data, ...event } = posted('started', { run, seq: 0 }).toJSON() as { data: object };
      const forged = new CloudEvent<unknown>({ ...event, id: `${odd}.0`, data: { ...data, run: odd } } as never);
      expect((await send(forged)).status).toBe(400);
      expect(await all()).toEqual([]);
    },
  );

  it.each(['2016-12-31T23:59:60Z', '2026-01-01T00:00:00+25:00'])('of a time that no Date holds is recorded: %s', async (time) => {
    // by hand: the package that makes events reads their times as Date does
    const body = JSON.stringify({ ...posted('failed', { run, seq: 0 }).toJSON(), time });
    const headers = { 'content-type': 'application/cloudevents+json' };
    expect((await running.app.fetch(new Request('http://recorder/', { method: 'POST', headers, body }))).status).toBe(204);
    expect((await record())?.status?.completionTime).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it('is told in the log, but for progress, which comes every few seconds', async () => {
    for (const [seq, kind] of (['started', 'progress', 'progress', 'failed'] as const).entries())
      await send(posted(kind, { run, seq }));
    const levels = lines.filter(({ msg }) => msg === 'recorded').map(({ level, kind }) => [kind, level]);
    expect(levels).toEqual([
      ['started', 'info'],
      ['progress', 'debug'],
      ['progress', 'debug'],
      ['failed', 'info'],
    ]);
  });

  it('of a kind that is not known yet is passed over', async () => {
    const event = new CloudEvent<unknown>({ id: '1', source: '/x', type: 'io.gst.pipelines.transform.dreamt', data: {} });
    expect((await send(event)).status).toBe(204);
    expect(await all()).toEqual([]);
  });
});

describe('a dead letter', () => {
  const letter = (attributes: Record<string, unknown> = {}) =>
    requestedEvent(request).cloneWith(attributes as never) as CloudEvent<unknown>;

  const codes: Array<[code: unknown, state: string, asked: boolean]> = [
    [503, 'Pending', true],
    ['504', 'Pending', true],
    [429, 'Pending', true],
    [502, 'Pending', true],
    [404, 'Pending', true],
    [-1, 'Pending', true],
    [undefined, 'Pending', true],
    ['', 'Pending', true],
    [422, 'Failed', false],
    ['400', 'Failed', false],
    [413, 'Failed', false],
    [301, 'Failed', false],
  ];
  it.each(codes)('with the code %j makes the job %s', async (knativeerrorcode, state, asked) => {
    const event = letter(knativeerrorcode === undefined ? {} : { knativeerrorcode });
    const from = Date.now();
    expect((await send(event, '/dead')).status).toBe(204);
    const { status } = (await record()) as JobRecord;
    expect(status?.state).toBe(state);
    expect((status?.conditions ?? []).some(({ type }) => type === 'DeadLettered')).toBe(!asked);
    const next = status?.nextRequestTime;
    if (asked) expect(Date.parse(next ?? '') - from).toBeGreaterThanOrEqual(60_000);
    else expect(next).toBeUndefined();
  });

  it('is told by its path alone: elsewhere a request is news of work to come', async () => {
    expect((await send(letter({ knativeerrorcode: 422 }), '/')).status).toBe(204);
    expect((await record())?.status?.state).toBe('Pending');
    expect((await send(letter({ knativeerrorcode: 422 }), '/dead?x=1')).status).toBe(204);
    expect((await record())?.status?.state).toBe('Failed');
  });

  it('of an object event is logged: there is no job yet', async () => {
    const event = new CloudEvent<unknown>({
      id: '1',
      source: 'minio:s3..media',
      type: 'com.amazonaws.s3.ObjectCreated:Put',
      data: {},
    });
    expect((await send(event, '/dead')).status).toBe(204);
    expect([await all(), told('error')]).toEqual([[], ['the Broker gave an event up']]);
  });

  it('of a result is logged with its job: the sweep asks again where nothing else tells of its end', async () => {
    expect((await send(posted('succeeded', { run, seq: 2 }), '/dead')).status).toBe(204);
    expect(lines.filter(({ level }) => level === 'error')).toMatchObject([
      { msg: 'the Broker gave an event up', job, run, transform: expect.stringMatching('^default/') },
    ]);
  });

  const unreadable: Array<[name: string, headers: Record<string, string>, body: string]> = [
    ['data that is no JSON', { 'content-type': 'application/json' }, '“job”'],
    ['data of another shape', { 'content-type': 'application/json' }, '{"job":"../up"}'],
    ['data that is no text', { 'content-type': 'application/json' }, '\xff'],
    ['no data', {}, ''],
  ];
  it.each(unreadable)('with %s is logged, and not sent round again', async (_name, headers, body) => {
    const ce = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/x', 'ce-type': 'io.gst.pipelines.transform.requested' };
    const answer = await running.app.fetch(
      new Request('http://recorder/dead', { method: 'POST', headers: { ...ce, ...headers }, body: Buffer.from(body, 'latin1') }),
    );
    expect(answer.status).toBe(204);
    expect([await all(), told('error')]).toEqual([[], ['the Broker gave up a request that cannot be read']]);
  });
});

describe('the settings of recorder', () => {
  it('tell of a folder that cannot be used', async () => {
    await expect(recorder.start({ JOBS_DIR: '/dev/null/jobs', LOG_LEVEL: 'silent' })).rejects.toMatchObject({
      code: 'SETTINGS_INVALID',
      message: expect.stringContaining('JOBS_DIR'),
    });
  });
});
