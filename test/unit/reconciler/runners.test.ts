import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { keepRunners } from '../../../functions/reconciler/keep-runners.ts';
import { runnerName, type WantedRunner, wantedRunners } from '../../../functions/reconciler/runners.ts';
import { createKubeClient, type KubeClient } from '../../../lib/kubernetes/index.ts';
import { createLog } from '../../../lib/runtime/index.ts';
import { type FakeApiServer, startFakeApiServer } from '../../support/fake-api-server.ts';
import { resolveWritten, type Written } from '../../support/transforms.ts';
import { read } from '../house/repository.ts';

const services = '/apis/serving.knative.dev/v1/namespaces/gst-functions/services';
const triggers = '/apis/eventing.knative.dev/v1/namespaces/gst-functions/triggers';
const jobSinks = '/apis/sinks.knative.dev/v1alpha1/namespaces/gst-functions/jobsinks';
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
  server.put(`${jobSinks}/transcode-job`, parse(read('knative/base/functions/transcode-job.yaml')));
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
    for (const one of runners) {
      const { runner, image } = one;
      const { metadata, spec } = server.get(`${services}/${runnerName(one)}`);
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
    const [{ resources }] = server.get(`${services}/${runnerName(small as WantedRunner)}`).spec.template.spec.containers;
    expect(resources.limits).toEqual({ cpu: '500m', memory: '4Gi', 'ephemeral-storage': '40Gi' });
    expect(resources.requests).toEqual({ memory: '512Mi', 'ephemeral-storage': '1Gi' });
  });

  it('request what transcode does where their limit is over that, however it is written', async () => {
    const large: Written = { name: 'large', spec: { pipeline: { resources: { limits: { memory: '8e9' } } } } };
    await keep(wanted(large));
    const [one] = wanted(large);
    const [{ resources }] = server.get(`${services}/${runnerName(one as WantedRunner)}`).spec.template.spec.containers;
    expect(resources).toMatchObject({ limits: { memory: '8e9' }, requests: { memory: '512Mi' } });
  });

  it('are all made, and removed, but for one that the API server refuses', async () => {
    await keep(wanted(own));
    const gone = wanted(own).map(runnerName);
    const [first, second] = wanted(heavy, { name: 'light', spec: { pipeline: { resources: { limits: { cpu: '1' } } } } });
    now = new Date(now.getTime() + hour);
    await keep([]);
    now = new Date(now.getTime() + hour);
    server.fail(/POST .*\/services$/, 400);
    await expect(keep([first as WantedRunner, second as WantedRunner])).rejects.toMatchObject({ code: 'KUBERNETES_FAILED' });
    expect(server.get(`${services}/${runnerName(first as WantedRunner)}`)).toBeUndefined();
    for (const where of [services, triggers]) {
      expect(server.get(`${where}/${runnerName(second as WantedRunner)}`)).toBeDefined();
      expect(server.get(`${where}/${gone[0]}`)).toBeUndefined();
    }
  });

  it('are sent what is meant for them, and nothing else', async () => {
    const [one] = wanted(heavy);
    await keep(wanted(heavy));
    const { spec } = server.get(`${triggers}/${runnerName(one as WantedRunner)}`);
    const base = server.get(`${triggers}/transcode`).spec;
    expect(spec.filters).toEqual([{ exact: { ...base.filters[0].exact, runner: one?.runner } }]);
    expect(spec.subscriber.ref).toMatchObject({ kind: 'Service', name: runnerName(one as WantedRunner) });
    expect(spec.delivery).toEqual(base.delivery);
  });

  it('are sent it in the order that the installation chose, where events wait in Kafka', async () => {
    const ordered = { 'kafka.eventing.knative.dev/delivery.order': 'ordered' };
    const base = server.get(`${triggers}/transcode`);
    server.put(`${triggers}/transcode`, {
      ...base,
      metadata: { ...base.metadata, annotations: { ...ordered, 'eventing.knative.dev/creator': 'somebody' } },
    });
    await keep(wanted(heavy));
    const [one] = wanted(heavy);
    const { annotations } = server.get(`${triggers}/${runnerName(one as WantedRunner)}`).metadata;
    expect(annotations).toEqual({ ...ordered, 'pipelines.gst.io/template-hash': expect.any(String) });
  });

  it('for Kubernetes Jobs are JobSinks, with the way to them', async () => {
    const [one] = wanted({ ...heavy, spec: { ...heavy.spec, execution: 'job' } });
    await keep([one as WantedRunner]);
    const name = runnerName(one as WantedRunner);
    expect(server.get(`${services}/${name}`)).toBeUndefined();
    const base = server.get(`${jobSinks}/transcode-job`).spec.job;
    const { metadata, spec } = server.get(`${jobSinks}/${name}`);
    expect(metadata.labels['pipelines.gst.io/runner']).toBe(one?.runner);
    const [container] = spec.job.spec.template.spec.containers;
    expect(container).toEqual({ ...base.spec.template.spec.containers[0], resources: container.resources });
    expect(container.resources.limits).toEqual({ ...base.spec.template.spec.containers[0].resources.limits, cpu: '8' });
    const { filters, subscriber } = server.get(`${triggers}/${name}`).spec;
    expect(filters).toEqual([{ exact: expect.objectContaining({ runner: one?.runner, execution: 'job' }) }]);
    expect(subscriber.ref).toMatchObject({ kind: 'JobSink', name });
  });

  it('are one for each way of running, which go one by one', async () => {
    const both = wanted(heavy, { ...heavy, name: 'long', spec: { ...heavy.spec, execution: 'job' } });
    expect(both).toHaveLength(2);
    await keep(both);
    expect(writes()).toHaveLength(4);
    const [long, short] = both.toSorted((a, b) => a.execution.localeCompare(b.execution)) as [WantedRunner, WantedRunner];
    await keep([short]);
    now = new Date(now.getTime() + hour);
    await keep([short]);
    const left = [triggers, services, jobSinks].flatMap((where) =>
      [short, long].filter((one) => server.get(`${where}/${runnerName(one)}`)).map(({ execution }) => execution),
    );
    expect(left).toEqual(['service', 'service']);
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
    const [container] = server.get(`${services}/${runnerName(one as WantedRunner)}`).spec.template.spec.containers;
    expect(container.image).toBe('registry.example/transcode:v2');
  });

  it('go when nobody has asked for them for a while, and stay when someone asks again', async () => {
    const [one] = wanted(heavy);
    const path = `${services}/${runnerName(one as WantedRunner)}`;
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
