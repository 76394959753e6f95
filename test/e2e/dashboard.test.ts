import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clip } from '../../cli/demo/clip.ts';
import { eventually } from './support/eventually.ts';
import { request, sweep } from './support/inside.ts';
import { applyDashboard, systemNamespace } from './support/install.ts';
import { items, kubectl } from './support/kubectl.ts';
import { lasting, useTenant } from './support/tenant.ts';

const tenant = useTenant('gst-e2e-dashboard', 'dashboard');
const { namespace } = tenant;
/** As overlays/dev has it. */
const token = 'not-a-secret-for-development-only';
const address = `http://dashboard.${systemNamespace}.svc.cluster.local/api`;
const signedIn = { headers: { authorization: `Bearer ${token}` } };

const post = (job: string, action: string, options = {}) =>
  request(`${address}/jobs/${namespace}/${job}/${action}`, { method: 'POST', ...options });
const inState = (key: string, state: string, seconds = 120) =>
  eventually(`a Job ${state}`, seconds, async () => {
    const job = await tenant.job(key);
    return job?.status?.state === state && job;
  });

beforeAll(() => tenant.put('slow', lasting(22)));

describe('the live page of the base', () => {
  it('has nobody sign in, and neither the right nor the key to do anything', async () => {
    expect(JSON.parse((await request(`${address}/me`)).body)).toMatchObject({ canSignIn: false, canCancel: false });
    expect((await request(`${address}/me`, signedIn)).status).toBe(401);
    expect((await post('any', 'cancel', signedIn)).status).toBe(401);
    const who = `--as=system:serviceaccount:${systemNamespace}:dashboard`;
    const may = ['auth', 'can-i', 'patch', 'jobs.pipelines.gst.io', '-n', namespace, who];
    expect((await kubectl(may, { mayFail: true })).trim()).toMatch(/^no\b/);
  });
});

describe('with components/dashboard-actions', () => {
  beforeAll(() => applyDashboard(['dashboard-actions']));
  afterAll(async () => {
    await applyDashboard([]);
    const made = ['clusterrole', 'clusterrolebinding'].map((kind) => `${kind}/gst-functions-job-canceller`);
    await kubectl(['delete', ...made]);
  });

  it('whoever gives the token cancels a run, which leaves nothing, and asks for it again', async () => {
    await tenant.upload('slow/clip.mkv');
    const { metadata, status } = await inState('slow/clip.mkv', 'InProgress');
    expect((await post(metadata.name, 'cancel')).status).toBe(401);
    expect(JSON.parse((await request(`${address}/me`, signedIn)).body)).toMatchObject({ canCancel: true, canRetry: true });

    expect((await post(metadata.name, 'cancel', signedIn)).status).toBe(202);
    expect((await inState('slow/clip.mkv', 'Finished', 60)).status.reason).toBe('cancelled');
    expect([...(await tenant.storage.versions(tenant.bucket, 'out/')).keys()]).toEqual([]);
    await sweep();
    expect((await tenant.job('slow/clip.mkv'))?.status.run, 'a sweep leaves it cancelled').toBe(status.run);

    expect((await post(metadata.name, 'retry', signedIn)).status).toBe(202);
    await tenant.output('out/slow/clip.mp4');
    const again = await inState('slow/clip.mkv', 'Finished');
    expect(again.status).toMatchObject({ runs: 2 });
    expect(again.metadata.annotations ?? {}).not.toHaveProperty(['pipelines.gst.io/cancel']);
    const frames = clip.seconds * clip.framerate;
    const { streams } = await tenant.storage.decode(tenant.bucket, 'out/slow/clip.mp4');
    expect(streams).toContainEqual(expect.objectContaining({ codec: 'h264', frames }));
  });

  it('shows inputs and outputs to whoever gives the token', async () => {
    const [job] = await items('jobs.pipelines.gst.io', '-n', namespace);
    const path = `${address}/jobs/${namespace}/${job.metadata.name}/media`;
    expect((await request(path)).status).toBe(401);
    const { source, outputs } = JSON.parse((await request(path, signedIn)).body);
    expect(outputs).toMatchObject([{ key: 'out/slow/clip.mp4' }]);
    const start = { headers: { range: 'bytes=0-15' } };
    for (const { url } of [source, ...outputs]) expect((await request(url, start)).status).toBe(206);
  });
});
