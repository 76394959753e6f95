import { describe, expect, it } from 'vitest';
import { Fault } from '../../../lib/errors.ts';
import { readRequested } from '../../../lib/events/index.ts';
import { statusOf, token, transformYaml } from '../../support/dashboard.ts';
import { bearer, dashboardApp, eventKey } from '../../support/dashboard-app.ts';

const retry = '/api/jobs/default/broken/retry';
const post = (given?: string) => ({ method: 'POST', ...(given === undefined ? {} : bearer(given)) });

describe('the page', () => {
  it('comes with a policy under which nothing runs or loads but its own files and media of the storage', async () => {
    const { ask, setTransforms } = await dashboardApp();
    setTransforms(transformYaml({ endpoint: 'minio.example.org:9000' }));
    const page = await ask('/');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = Object.fromEntries(
      (page.headers.get('content-security-policy') ?? '').split('; ').map((rule) => {
        const [name, ...sources] = rule.split(' ');
        return [name, sources];
      }),
    );
    expect(policy).toMatchObject({
      'default-src': ["'self'"],
      'img-src': ["'self'", 'http://minio.example.org:9000'],
      'media-src': ["'self'", 'http://minio.example.org:9000'],
      'object-src': ["'none'"],
      'frame-ancestors': ["'none'"],
    });
    expect(policy).not.toHaveProperty('script-src');
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('is asked for again only where it has changed', async () => {
    const { ask } = await dashboardApp();
    const first = await ask('/page/main.js');
    expect([first.status, first.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
    const again = await ask('/page/main.js', { headers: { 'if-none-match': String(first.headers.get('etag')) } });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  const absent = [
    '/page/../index.ts',
    '/page/%2e%2e/index.ts',
    '/index.html',
    '/page/',
    '/api/jobs/default/none',
    '/api/transforms/a/b/c/pipeline.svg',
  ];
  it.each(absent)('has nothing at %s', async (path) => {
    const { ask } = await dashboardApp();
    expect((await ask(path)).status).toBe(404);
  });

  it('tells health as every function does, and is ready once all has been read', async () => {
    const { ask, lifecycle, setReady } = await dashboardApp();
    expect((await ask('/health/liveness')).status).toBe(200);
    expect((await ask('/health/readiness')).status).toBe(503);
    setReady(true);
    expect(await (await ask('/health/readiness')).json()).toMatchObject({ ready: true });
    lifecycle.drain();
    expect((await ask('/health/readiness')).status).toBe(503);
  });
});

describe('who may do what', () => {
  const cases: Array<[name: string, token: string | undefined, given: string | undefined, status: number]> = [
    ['no token is set, none is given', undefined, undefined, 401],
    ['no token is set, one is given', undefined, 'guess', 401],
    ['none is given', token, undefined, 401],
    ['a wrong one is given', token, `${token}.`, 401],
    ['an empty one is given', token, '', 401],
    ['the right one is given', token, token, 202],
  ];
  it.each(cases)('a retry where %s', async (_name, set, given, status) => {
    const { ask, put, setTransforms, published } = await dashboardApp({ token: set });
    setTransforms(transformYaml());
    put({ name: 'broken', status: statusOf.failed() });
    expect((await ask(retry, post(given))).status).toBe(status);
    expect(published).toHaveLength(status === 202 ? 1 : 0);
  });

  it.each(cases)('a cancel where %s', async (_name, set, given, status) => {
    const { ask, put, cancelled } = await dashboardApp({ token: set });
    put({ name: 'busy', status: statusOf.running(5) });
    expect((await ask('/api/jobs/default/busy/cancel', post(given))).status).toBe(status);
    expect(cancelled).toEqual(status === 202 ? ['busy'] : []);
  });

  it('reads without a token, and is told what it may do', async () => {
    const { ask, put } = await dashboardApp({ token });
    put({ name: 'one', status: statusOf.finished() });
    expect((await ask('/api/jobs/default/one')).status).toBe(200);
    expect(await (await ask('/api/me')).json()).toEqual({
      signedIn: false,
      canSignIn: true,
      canRetry: false,
      canCancel: false,
      canSeeMedia: false,
    });
    expect(await (await ask('/api/me', bearer(token))).json()).toMatchObject({ signedIn: true, canRetry: true, canCancel: true });
    expect((await ask('/api/me', bearer('guess'))).status).toBe(401);
  });

  it('opens inputs and outputs only to those that the setting says', async () => {
    const media = async () => ({ outputs: [], seconds: 1 });
    for (const [mediaFor, given, status] of [
      ['token', undefined, 401],
      ['token', token, 200],
      ['anyone', undefined, 200],
    ] as const) {
      const { ask, put, setTransforms } = await dashboardApp({ token, media, mediaFor });
      setTransforms(transformYaml());
      put({ name: 'one', status: statusOf.finished() });
      const answer = await ask('/api/jobs/default/one/media', given ? bearer(given) : undefined);
      expect([mediaFor, given, answer.status]).toEqual([mediaFor, given, status]);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
  });
});

describe('a retry', () => {
  it('posts the request that the dispatcher made, signed, under an id of its own', async () => {
    const { ask, put, setTransforms, published } = await dashboardApp({ token });
    setTransforms(transformYaml());
    put({ name: 'broken', key: 'drop/a b.mkv', status: statusOf.failed() });
    const answers = [await ask(retry, post(token)), await ask(retry, post(token))];
    const [asked] = await Promise.all(answers.map((answer) => answer.json() as Promise<{ job: string }>));
    const job = asked?.job;
    const [first, second] = published;
    expect(first && readRequested(first, eventKey)).toMatchObject({
      job,
      transform: { kind: 'Transform', namespace: 'default', name: 'mp4-converter' },
      source: { bucket: 'media', key: 'drop/a b.mkv', etag: 'e7a9', size: 73_400_320, eventTime: '2026-01-02T03:04:05.000Z' },
      sinks: [{ bucket: 'processed', key: 'mp4/drop/a b.mkv.mp4' }],
    });
    expect(job).toMatch(/^mp4-converter-[a-z2-7]{26}$/);
    expect(first?.id).toMatch(new RegExp(`^${job}\\.[0-9a-z]{26}$`));
    expect(second?.id).not.toBe(first?.id);
    expect(second?.subject).toBe(job);
  });

  it('takes a cancellation back, unless it is refused itself', async () => {
    const { ask, put, setTransforms, published, takenBack } = await dashboardApp({ token });
    setTransforms(transformYaml());
    put({ name: 'broken', key: 'elsewhere/a.mkv', status: statusOf.failed() });
    expect((await ask(retry, post(token))).status).toBe(422);
    expect([takenBack, published]).toEqual([[], []]);
    put({ name: 'broken', key: 'drop/a.mkv', status: statusOf.failed() });
    expect((await ask(retry, post(token))).status).toBe(202);
    expect(takenBack).toEqual(['broken']);
  });

  it('says why it cannot be made, with a remedy', async () => {
    const { ask, put, setTransforms } = await dashboardApp({ token });
    put({ name: 'broken', status: statusOf.failed() });
    const gone = await ask(retry, post(token));
    expect([gone.status, await gone.json()]).toMatchObject([
      422,
      { code: 'TRANSFORM_INVALID', message: 'Transform default/mp4-converter is not there any more' },
    ]);
    setTransforms(transformYaml().replace('bucket: processed', 'bucket: ""'));
    expect(await (await ask(retry, post(token))).json()).toMatchObject({ message: 'Transform default/mp4-converter has faults' });
    expect((await ask('/api/jobs/default/none/retry', post(token))).status).toBe(404);
  });
});

describe('a cancel', () => {
  it('is of a job that waits or runs: one that has ended is refused, for its next run would be stopped', async () => {
    const { ask, put, cancelled, lines } = await dashboardApp({ token });
    put(
      { name: 'waiting', status: { state: 'Pending' } },
      { name: 'new' },
      { name: 'done', status: statusOf.finished() },
      { name: 'broken', status: statusOf.failed() },
    );
    const statuses = ['waiting', 'new', 'done', 'broken', 'none'].map(async (name) => {
      const { status } = await ask(`/api/jobs/default/${name}/cancel`, post(token));
      return [name, status];
    });
    expect(await Promise.all(statuses)).toEqual([
      ['waiting', 202],
      ['new', 202],
      ['done', 409],
      ['broken', 409],
      ['none', 404],
    ]);
    expect(cancelled).toEqual(['waiting', 'new']);
    expect(lines.filter((line) => line.includes('cancelled from the page'))).toHaveLength(2);
  });

  it('says why it cannot be made', async () => {
    const cancel = () => Promise.reject(new Fault('KUBERNETES_FAILED', { what: 'patch jobs', cause: '403 forbidden' }));
    const { ask, put } = await dashboardApp({ token, cancel });
    put({ name: 'busy', status: statusOf.running(5) });
    const refused = await ask('/api/jobs/default/busy/cancel', post(token));
    expect([refused.status, await refused.json()]).toMatchObject([503, { message: expect.stringContaining('403 forbidden') }]);
  });
});

describe('what is told of jobs and Transforms', () => {
  it('finds jobs by Transform, outcome, code and part of the key, the newest first', async () => {
    const { ask, put } = await dashboardApp();
    put(
      { name: 'a', key: 'drop/Holiday.mkv', status: statusOf.finished(100) },
      { name: 'b', key: 'drop/work.mkv', status: statusOf.finished(50) },
      { name: 'c', key: 'drop/holiday-2.mkv', status: statusOf.failed('MEDIA_CORRUPT', 10) },
      { name: 'd', key: 'drop/x.mkv', transform: 'thumbnail', status: statusOf.running(5) },
    );
    const found = async (query: string) => {
      const { jobs } = (await (await ask(`/api/jobs?${query}`)).json()) as { jobs: Array<{ name: string }> };
      return jobs.map(({ name }) => name);
    };
    expect(await found('')).toEqual(['c', 'd', 'b', 'a']);
    expect(await found('q=HOLIDAY')).toEqual(['c', 'a']);
    expect(await found('state=Finished')).toEqual(['b', 'a']);
    expect(await found('code=MEDIA_CORRUPT')).toEqual(['c']);
    expect(await found('transform=thumbnail')).toEqual(['d']);
    expect(await found('transform=Transform/default/thumbnail')).toEqual(['d']);
    expect(await found('limit=1')).toEqual(['c']);
  });

  it('gives the timeline of a job, its streams, its trace and the pages beside', async () => {
    const { ask, put } = await dashboardApp({
      links: {
        traceUrl: 'https://traces.example.org/{traceId}',
        logUrl: 'https://logs.example.org/?q={job}&ns={namespace}&of={traceId}&from={from}&to={to}&{constructor}',
      },
    });
    const history = [
      { run: '01KB0000000000000000000001', state: 'Retrying' as const, error: { code: 'STORAGE_READ', message: 'broke off' } },
      { run: '01KB0000000000000000000002', state: 'Finished' as const },
    ];
    const media = { input: { container: 'matroska', streams: [{ kind: 'video', codec: 'h264', width: 640, height: 360 }] } };
    const created = '2026-01-02T03:04:05.000Z';
    const end = { completionTime: undefined, timings: { pipeline: 2.5 } };
    put({ name: 'a', created, status: statusOf.finished(1, { history, media, traceId: 'ab'.repeat(16), runs: 2, ...end }) });
    expect(await (await ask('/api/jobs/default/a')).json()).toMatchObject({
      row: { id: 'default/a', state: 'Finished', runs: 2 },
      runs: history,
      media,
      traceUrl: `https://traces.example.org/${'ab'.repeat(16)}`,
      logUrl: `https://logs.example.org/?q=a&ns=default&of=${'ab'.repeat(16)}&from=2026-01-02T03%3A04%3A05.000Z&to=&{constructor}`,
      timings: { pipeline: 2.5 },
      hasLog: false,
    });
  });

  it('tells every fault of a Transform, and of a file that cannot be read', async () => {
    const { ask, setTransforms } = await dashboardApp();
    setTransforms(
      `${transformYaml()}---\n${transformYaml({ name: 'bad' }).replace('bucket: processed', 'bucket: ""')}---\na: [1\n`,
    );
    const { transforms } = (await (await ask('/api/transforms')).json()) as { transforms: Array<Record<string, unknown>> };
    expect(transforms).toMatchObject([
      { id: 'Transform/default/mp4-converter', state: 'Ready', from: 'media/drop/', to: ['processed/mp4/{{ .SrcKey }}.mp4'] },
      { id: 'Transform/default/bad', state: 'Invalid', findings: [{ path: 'spec.sink.minio.bucket', file: 'transforms.yaml' }] },
      { id: 'File/transforms.yaml', state: 'Invalid', findings: [{ rule: 'yaml-syntax' }] },
    ]);
    expect(transforms[0]).toHaveProperty('picture');
    expect(transforms[1]).not.toHaveProperty('picture');
  });

  it('shows a picture as a page that may do nothing', async () => {
    const { ask, setTransforms } = await dashboardApp();
    setTransforms(transformYaml());
    const picture = await ask('/api/transforms/Transform/default/mp4-converter/pipeline.svg');
    expect(picture.headers.get('content-type')).toBe('image/svg+xml; charset=utf-8');
    expect(picture.headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'; sandbox");
  });
});
