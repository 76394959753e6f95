import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Feed, feedFromFolders, feedFromKubernetes, type JobObject } from '../../../functions/dashboard/feed.ts';
import { dashboard } from '../../../functions/dashboard/index.ts';
import { jobRow } from '../../../functions/dashboard/rows.ts';
import { cancelAnnotation, fileCancellations } from '../../../lib/jobs/cancel.ts';
import { createFileJobStore, type JobRecord } from '../../../lib/jobs/index.ts';
import { createKubeClient } from '../../../lib/kubernetes/index.ts';
import { jobRecord, statusOf, transformYaml } from '../../support/dashboard.ts';
import { type FakeApiServer, startFakeApiServer } from '../../support/fake-api-server.ts';
import { until } from '../../support/until.ts';

const log = pino({ level: 'silent' });
const released: Array<() => unknown> = [];
afterEach(async () => {
  for (const release of released.splice(0).reverse()) await release();
});
async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'feed-'));
  released.push(() => rm(path, { recursive: true, force: true }));
  return path;
}
function kept(feed: Feed): Feed {
  released.push(() => feed.close());
  return feed;
}
const cancelling = (feed: Feed) => feed.jobs().map(({ value }) => jobRow(value).cancelling);
const jobs = (feed: Feed) => Object.fromEntries(feed.jobs().map(({ value }) => [value.metadata.name, value.status?.state]));

describe('what the page is fed by', () => {
  it('is the records that the recorder keeps as files, as they come, change and go', async () => {
    const [jobsDir, transformsDir] = [await folder(), await folder()];
    const store = await createFileJobStore(jobsDir);
    const record = (state: 'InProgress' | 'Finished') =>
      ({ ...jobRecord({ name: 'a' }), status: { state } }) as unknown as JobRecord;
    const feed = kept(await feedFromFolders(jobsDir, transformsDir, { log, onChange: () => {} }));
    expect(jobs(feed)).toEqual({});
    await store.update('default', 'a', () => record('InProgress'));
    await until(() => jobs(feed).a === 'InProgress');
    const [before] = feed.jobs();
    await store.update('default', 'a', () => record('Finished'));
    await until(() => jobs(feed).a === 'Finished');
    expect(feed.jobs()[0]?.mark).not.toBe(before?.mark);
    await store.remove('default', 'a');
    await until(() => feed.jobs().length === 0);
  });

  it('is the resources of the cluster, as they come, change and go', async () => {
    const server: FakeApiServer = await startFakeApiServer();
    released.push(() => server.close());
    const path = (plural: string, name: string) => `/apis/pipelines.gst.io/v1/namespaces/default/${plural}/${name}`;
    server.put(path('transforms', 'mp4-converter'), parse(transformYaml()));
    server.put(path('jobs', 'a'), jobRecord({ name: 'a', status: statusOf.running(1) }));
    let changes = 0;
    const feed = kept(await feedFromKubernetes({ log, onChange: () => changes++ }, () => createKubeClient(server.load)));
    await until(() => feed.ready());
    expect(jobs(feed)).toEqual({ a: 'InProgress' });
    expect(feed.transforms().map(({ value }) => `${value.kind} ${value.name}`)).toEqual(['Transform mp4-converter']);
    const [before] = feed.jobs();
    const told = changes;
    server.put(path('jobs', 'a'), jobRecord({ name: 'a', status: statusOf.finished() }));
    await until(() => jobs(feed).a === 'Finished');
    expect(changes).toBeGreaterThan(told);
    expect(feed.jobs()[0]?.mark).not.toBe(before?.mark);
    server.delete(path('jobs', 'a'));
    await until(() => feed.jobs().length === 0);
  });

  it('tells of a file that cancels a job, and makes and removes it', async () => {
    const [jobsDir, transformsDir] = [await folder(), await folder()];
    const store = await createFileJobStore(jobsDir);
    const status = statusOf.running(1);
    await store.update('default', 'a', () => ({ ...jobRecord({ name: 'a' }), status }) as unknown as JobRecord);
    const feed = kept(await feedFromFolders(jobsDir, transformsDir, { log, onChange: () => {} }));
    expect(cancelling(feed)).toEqual([undefined]);
    const [before] = feed.jobs();
    await feed.cancellations.set('default', 'a');
    expect(await fileCancellations(jobsDir).has('default', 'a')).toBe(true);
    await until(() => cancelling(feed)[0] === true);
    const [after] = feed.jobs();
    expect(after?.mark).not.toBe(before?.mark);
    expect(feed.jobs()[0]?.mark).toBe(after?.mark);
    await feed.cancellations.clear('default', 'a');
    await until(() => cancelling(feed)[0] === undefined);
  });

  it('tells of an annotation that cancels a job, and sets and removes it', async () => {
    const server: FakeApiServer = await startFakeApiServer();
    released.push(() => server.close());
    const path = '/apis/pipelines.gst.io/v1/namespaces/default/jobs/a';
    server.put(path, jobRecord({ name: 'a', status: statusOf.running(1) }));
    const feed = kept(await feedFromKubernetes({ log, onChange: () => {} }, () => createKubeClient(server.load)));
    await until(() => feed.ready());
    await feed.cancellations.set('default', 'a');
    await until(() => cancelling(feed)[0] === true);
    expect(server.get(path).metadata.annotations).toHaveProperty([cancelAnnotation]);
    expect(server.requests.filter((request) => !request.startsWith('GET'))).toEqual([`PATCH ${path}`]);
    await feed.cancellations.clear('default', 'a');
    await until(() => cancelling(feed)[0] === undefined);
    server.fail(/^PATCH/, 403);
    await expect(feed.cancellations.set('default', 'a')).rejects.toMatchObject({ code: 'KUBERNETES_FAILED' });
  });

  it('says of a job that has ended no more that it is to stop', () => {
    const record = jobRecord({ name: 'a', status: statusOf.finished(1, { reason: 'cancelled' }) }) as JobObject;
    const annotations = { [cancelAnnotation]: '' };
    expect(jobRow({ ...record, metadata: { ...record.metadata, annotations } })).toMatchObject({ cancelling: undefined });
  });

  const wrong: Array<[name: string, env: NodeJS.ProcessEnv, said: RegExp]> = [
    ['one folder without the other', { JOBS_DIR: '/nowhere' }, /JOBS_DIR and TRANSFORMS_DIR belong together/],
    [
      'a folder of Transforms that is not there',
      { JOBS_DIR: '/nowhere/a', TRANSFORMS_DIR: '/nowhere/b' },
      /TRANSFORMS_DIR cannot be read/,
    ],
    ['one half of the credentials', { MINIO_ACCESS_KEY: 'a' }, /belong together/],
    ['a choice that is none', { DASHBOARD_OUTPUTS: 'all' }, /DASHBOARD_OUTPUTS must be one of anyone, token/],
  ];
  it.each(wrong)('is refused with %s', async (_name, env, said) => {
    await expect(dashboard.start(env, { log })).rejects.toThrow(said);
  });
});
