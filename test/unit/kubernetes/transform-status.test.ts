import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Condition,
  createKubeClient,
  type KubeClient,
  type TransformObject,
  writeTransformStatus,
} from '../../../lib/kubernetes/index.ts';
import { type FakeApiServer, startFakeApiServer } from '../../support/fake-api-server.ts';

const at = '/apis/pipelines.gst.io/v1/namespaces/tenant/transforms/a';
const ready: Condition = { type: 'Ready', status: 'True', reason: 'Valid', message: 'The pipeline is valid.' };
const broken: Condition = {
  type: 'Ready',
  status: 'False',
  reason: 'Invalid',
  message: 'no element x246enc; did you mean x264enc?',
};

let server: FakeApiServer;
let client: KubeClient;
let day = 1;
const write = (wanted: Condition[]) =>
  writeTransformStatus(
    client,
    { ...(server.get(at) as TransformObject), kind: 'Transform' },
    wanted,
    () => new Date(Date.UTC(2026, 0, day)),
  );

beforeEach(async () => {
  day = 1;
  server = await startFakeApiServer();
  client = await createKubeClient(server.load);
  server.put(at, { metadata: { name: 'a', namespace: 'tenant', generation: 3 }, spec: { kept: true } });
});
afterEach(() => server.close());

describe('the status of a Transform', () => {
  it('is written once and then left alone while nothing changes', async () => {
    expect(await write([ready])).toBe(true);
    const version = server.get(at).metadata.resourceVersion;
    day = 2;
    expect(await write([ready])).toBe(false);
    expect(server.get(at).metadata.resourceVersion).toBe(version);
    expect(server.get(at)).toMatchObject({
      spec: { kept: true },
      status: { observedGeneration: 3, conditions: [{ observedGeneration: 3 }] },
    });
  });

  it('keeps the time of the last change of each condition', async () => {
    await write([ready]);
    day = 2;
    await write([{ ...ready, message: 'Valid, with a warning.' }]);
    expect(server.get(at).status.conditions[0].lastTransitionTime).toBe('2026-01-01T00:00:00.000Z');
    day = 3;
    await write([broken]);
    expect(server.get(at).status.conditions[0]).toMatchObject({
      status: 'False',
      lastTransitionTime: '2026-01-03T00:00:00.000Z',
    });
  });

  it('loses a condition that nobody tells of any more', async () => {
    const told: Condition = { type: 'Notifications', status: 'True', reason: 'Set', message: 'MinIO tells of new objects.' };
    await write([ready, told]);
    expect(await write([ready])).toBe(true);
    expect(server.get(at).status.conditions.map(({ type }: Condition) => type)).toEqual(['Ready']);
  });

  it('is not written over a Transform that has changed meanwhile', async () => {
    const old = { ...(server.get(at) as TransformObject), kind: 'Transform' };
    server.put(at, { metadata: { name: 'a', namespace: 'tenant', generation: 4 }, spec: {} });
    expect(await writeTransformStatus(client, old, [ready])).toBe(false);
    expect(server.get(at).status).toBeUndefined();
  });
});
