import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createKubeClient, type KubeClient, resources } from '../../../lib/kubernetes/index.ts';
import { type FakeApiServer, startFakeApiServer } from '../../support/fake-api-server.ts';

const at = (name: string) => `/apis/pipelines.gst.io/v1/namespaces/tenant/jobs/${name}`;
const job = (name: string) => ({ metadata: { name, namespace: 'tenant' }, spec: {} });

let server: FakeApiServer;
let client: KubeClient;
beforeEach(async () => {
  server = await startFakeApiServer();
  client = await createKubeClient(server.load);
});
afterEach(() => server.close());

describe('objects of the API server', () => {
  it('are read page by page until the last', async () => {
    for (let index = 0; index < 1203; index++) server.put(at(`job-${index}`), job(`job-${index}`));
    expect(await client.list(resources.jobs)).toHaveLength(1203);
    expect(server.requests).toHaveLength(3);
  });

  it('are listed without how they came to be, for all are held at once', async () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}', mine: 'yes' };
    const { metadata, spec } = job('a');
    server.put(at('a'), { metadata: { ...metadata, annotations, managedFields: [{ manager: 'kubectl' }] }, spec });
    const [found] = await client.list(resources.jobs);
    expect(found?.metadata).toEqual({ ...metadata, annotations: { mine: 'yes' }, resourceVersion: expect.any(String) });
  });

  it('are told apart: there, not there, there already', async () => {
    expect(await client.get(resources.jobs, 'tenant', 'a')).toBeUndefined();
    expect(await client.create(resources.jobs, job('a'))).toBe(true);
    expect(await client.create(resources.jobs, job('a'))).toBe(false);
    expect(await client.get(resources.jobs, 'tenant', 'a')).toMatchObject({ apiVersion: 'pipelines.gst.io/v1', kind: 'Job' });
    expect(await client.remove(resources.jobs, 'tenant', 'a')).toBe(true);
    expect(await client.remove(resources.jobs, 'tenant', 'a')).toBe(false);
  });

  it('are not overwritten where someone else was first', async () => {
    server.put(at('a'), job('a'));
    const patch = { metadata: { resourceVersion: server.get(at('a')).metadata.resourceVersion }, status: { state: 'Pending' } };
    expect(await client.patch(resources.jobs, 'tenant', 'a', patch, { status: true })).toBe(true);
    expect(await client.patch(resources.jobs, 'tenant', 'a', { ...patch, status: { state: 'Failed' } }, { status: true })).toBe(
      false,
    );
    expect(server.get(at('a')).status).toEqual({ state: 'Pending' });
  });

  it('that are gone have changed too', async () => {
    server.put(at('a'), job('a'));
    const { resourceVersion } = server.get(at('a')).metadata;
    server.delete(at('a'));
    expect(await client.patch(resources.jobs, 'tenant', 'a', { metadata: { resourceVersion }, spec: {} })).toBe(false);
    await expect(client.patch(resources.jobs, 'tenant', 'a', { spec: {} })).rejects.toMatchObject({ code: 'KUBERNETES_FAILED' });
  });

  it('are removed as they were seen, and not where someone has changed them since', async () => {
    server.put(at('a'), job('a'));
    const { resourceVersion } = server.get(at('a')).metadata;
    server.put(at('a'), job('a'));
    expect(await client.remove(resources.jobs, 'tenant', 'a', { resourceVersion })).toBe(false);
    expect(server.get(at('a'))).toBeDefined();
    const seen = server.get(at('a')).metadata;
    expect(await client.remove(resources.jobs, 'tenant', 'a', { resourceVersion: seen.resourceVersion })).toBe(true);
  });

  it('give a fault in one line, with the reason of the server', async () => {
    server.fail(/GET/, 403);
    await expect(client.list(resources.jobs)).rejects.toMatchObject({
      code: 'KUBERNETES_FAILED',
      class: 'transient',
      message: 'The Kubernetes API refused to list jobs: 403 refused with 403',
    });
  });
});
