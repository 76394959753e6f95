import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { keepRunners } from '../../../functions/reconciler/keep-runners.ts';
import { runnerName, wantedRunners } from '../../../functions/reconciler/runners.ts';
import { createKubeClient, type KubeClient } from '../../../lib/kubernetes/index.ts';
import { createLog } from '../../../lib/runtime/index.ts';
import { type FakeApiServer, startFakeApiServer } from '../../support/fake-api-server.ts';
import { resolveWritten, type Written } from '../../support/transforms.ts';
import { read } from '../house/repository.ts';

const services = '/apis/serving.knative.dev/v1/namespaces/gst-functions/services';
const triggers = '/apis/eventing.knative.dev/v1/namespaces/gst-functions/triggers';
const log = createLog({ name: 'test', level: 'silent', format: 'json' });
const hour = 3_600_000;

const wanted = (...written: Written[]) => wantedRunners(written.flatMap((one) => resolveWritten(one).transform ?? []));
const heavy: Written = { name: 'heavy', spec: { pipeline: { resources: { limits: { cpu: '8' } } } } };
const own: Written = { name: 'own', spec: { pipeline: { image: 'registry.example/plugins:v1' } } };

let server: FakeApiServer;
let client: KubeClient;
let now: Date;
const keep = (runners: ReturnType<typeof wanted>) =>
  keepRunners({ client, namespace: 'gst-functions', keep: hour, log, now: () => now }, runners);
const writes = () => server.requests.filter((request) => !request.startsWith('GET'));

beforeEach(async () => {
  now = new Date('2026-01-01T00:00:00Z');
  server = await startFakeApiServer();
  client = await createKubeClient(server.load);
  server.put(`${services}/transcode`, parse(read('knative/base/functions/transcode.yaml')));
  for (const document of parseAllDocuments(read('knative/base/triggers.yaml'))) {
    const trigger = document.toJS();
    server.put(`${triggers}/${trigger.metadata.name}`, trigger);
  }
});
afterEach(() => server.close());

describe('runners', () => {
  it('are one for each image and resources, whoever asks', () => {
    expect(wanted({}, heavy, { ...heavy, name: 'other' }, own)).toHaveLength(2);
  });

  it('are the transcode of the installation, but for image and resources', async () => {
    const runners = wanted(heavy, own);
    await keep(runners);
    const transcode = server.get(`${services}/transcode`).spec.template.spec;
    for (const { runner, image } of runners) {
      const { metadata, spec } = server.get(`${services}/${runnerName(runner)}`);
      expect(metadata.labels).toMatchObject({
        'networking.knative.dev/visibility': 'cluster-local',
        'pipelines.gst.io/runner': runner,
      });
      expect(Object.keys(metadata.annotations).some((name) => name.startsWith('autoscaling'))).toBe(false);
      expect(spec.template.metadata.annotations).toMatchObject({ 'autoscaling.knative.dev/target-burst-capacity': '-1' });
      const [container] = spec.template.spec.containers;
      expect(container.image).toBe(image ?? transcode.containers[0].image);
      expect(container.securityContext).toEqual(transcode.containers[0].securityContext);
      expect({ ...spec.template.spec, containers: [] }).toEqual({ ...transcode, containers: [] });
    }
  });

  it('keep the scratch space where only processors are asked for, and never request more than their limit', async () => {
    const [small] = wanted({ name: 'small', spec: { pipeline: { resources: { limits: { cpu: '500m' } } } } });
    await keep(wanted({ name: 'small', spec: { pipeline: { resources: { limits: { cpu: '500m' } } } } }));
    const [{ resources }] = server.get(`${services}/${runnerName(small?.runner ?? '')}`).spec.template.spec.containers;
    expect(resources.limits).toEqual({ cpu: '500m', memory: '4Gi', 'ephemeral-storage': '40Gi' });
    expect(resources.requests).toEqual({ memory: '512Mi', 'ephemeral-storage': '1Gi' });
  });

  it('are sent what is meant for them, and nothing else', async () => {
    const [one] = wanted(heavy);
    await keep(wanted(heavy));
    const { spec } = server.get(`${triggers}/${runnerName(one?.runner ?? '')}`);
    const base = server.get(`${triggers}/transcode`).spec;
    expect(spec.filters).toEqual([{ exact: { ...base.filters[0].exact, runner: one?.runner } }]);
    expect(spec.subscriber.ref).toMatchObject({ kind: 'Service', name: runnerName(one?.runner ?? '') });
    expect(spec.delivery).toEqual(base.delivery);
  });

  it('are left alone while nothing changes, and follow the transcode of the installation', async () => {
    await keep(wanted(heavy));
    const before = writes().length;
    expect(before).toBe(2);
    await keep(wanted(heavy));
    expect(writes()).toHaveLength(before);
    const transcode = server.get(`${services}/transcode`);
    transcode.spec.template.spec.containers[0].image = 'registry.example/transcode:v2';
    server.put(`${services}/transcode`, transcode);
    await keep(wanted(heavy));
    const [one] = wanted(heavy);
    const [container] = server.get(`${services}/${runnerName(one?.runner ?? '')}`).spec.template.spec.containers;
    expect(container.image).toBe('registry.example/transcode:v2');
  });

  it('go when nobody has asked for them for a while, and stay when someone asks again', async () => {
    const [one] = wanted(heavy);
    const path = `${services}/${runnerName(one?.runner ?? '')}`;
    await keep(wanted(heavy));
    await keep([]);
    now = new Date(now.getTime() + hour - 1);
    await keep([]);
    expect(server.get(path)).toBeDefined();
    await keep(wanted(heavy));
    now = new Date(now.getTime() + hour);
    await keep([]);
    expect(server.get(path)).toBeDefined();
    now = new Date(now.getTime() + hour);
    await keep([]);
    expect([server.get(path), server.get(path.replace(services, triggers))]).toEqual([undefined, undefined]);
    expect(server.get(`${services}/transcode`)).toBeDefined();
  });
});
