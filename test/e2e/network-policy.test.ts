import { beforeAll, describe, expect, it } from 'vitest';
import { systemNamespace } from './support/install.ts';
import { get, items, type Json } from './support/kubectl.ts';
import { allows, type End, type Port } from './support/network-policy.ts';
import { storageNamespace } from './support/storage.ts';

type Ends = Array<{ end: End; port: Port }>;

let policies: Json[];
let spaces: Map<string, NonNullable<End['namespace']>>;
/** Every pod of a function, as its template has it: most are there only while there is work. */
let functions: Record<string, End>;

/** Where connections to a Service end. */
async function behind(namespace: string, service: string, ports: readonly string[] = []): Promise<Ends> {
  const slices = await items('endpointslices', '-n', namespace, '-l', `kubernetes.io/service-name=${service}`);
  const found: Ends = [];
  for (const { endpoints, ports: open } of slices) {
    for (const { targetRef } of endpoints ?? []) {
      const pod = targetRef && (await get('pod', targetRef.name, '-n', namespace));
      const end = pod ? { namespace: spaces.get(namespace), labels: pod.metadata.labels } : {};
      for (const { name, port, protocol } of open) {
        if (ports.length === 0 || ports.includes(name)) found.push({ end, port: { port, protocol } });
      }
    }
  }
  return found;
}

beforeAll(async () => {
  policies = await items('networkpolicies', '-n', systemNamespace);
  spaces = new Map((await items('namespaces')).map(({ metadata: { name, labels } }) => [name, { name, labels }] as const));
  const home = spaces.get(systemNamespace);
  const services = await items('services.serving.knative.dev', '-n', systemNamespace);
  const sinks = await items('jobsinks', '-n', systemNamespace);
  functions = Object.fromEntries([
    ...services.map(({ metadata, spec }) => [metadata.name, { namespace: home, labels: spec.template.metadata.labels }]),
    ...sinks.map(({ metadata, spec }) => [metadata.name, { namespace: home, labels: spec.job.spec.template.metadata.labels }]),
  ]);
});

describe('NetworkPolicies', () => {
  it('see pods with the labels that the templates have', async () => {
    const pods = await items('pods', '-n', systemNamespace, '-l', 'serving.knative.dev/service');
    expect(pods.length).toBeGreaterThan(0);
    for (const { metadata } of pods) {
      expect(metadata.labels).toMatchObject(functions[metadata.labels['serving.knative.dev/service']]?.labels ?? {});
    }
  });

  it('let every function reach what its work needs, and neither storage nor the API server where it needs none', async () => {
    const places: Record<string, Ends> = {
      names: await behind('kube-system', 'kube-dns', ['dns', 'dns-tcp']),
      broker: await behind('knative-eventing', 'broker-ingress', ['http']),
      storage: await behind(storageNamespace, 'minio'),
      api: await behind('default', 'kubernetes'),
      telemetry: [{ end: {}, port: { port: 4318, protocol: 'TCP' } }],
    };
    for (const [place, ends] of Object.entries(places)) expect(ends, place).not.toEqual([]);
    const reached = Object.fromEntries(
      Object.entries(functions).map(([name, from]) => [
        name,
        Object.entries(places)
          .filter(([, ends]) => ends.every(({ end, port }) => allows(policies, 'egress', from, end, port)))
          .map(([place]) => place),
      ]),
    );
    const all = ['names', 'broker', 'storage', 'api', 'telemetry'];
    const without = (...places: string[]) => all.filter((place) => !places.includes(place));
    expect(reached).toMatchObject({
      source: without('storage', 'api'),
      dispatcher: without('storage'),
      recorder: without('storage'),
      transcode: all,
      'transcode-job': all,
      reconciler: all,
      dashboard: all,
    });
  });

  it('let Serving in, and nobody else', async () => {
    const serving = await items('pods', '-n', 'knative-serving');
    const [others] = await items('pods', '-n', storageNamespace);
    const ends: Ends = [];
    for (const { metadata } of await items(
      'services',
      '-n',
      systemNamespace,
      '-l',
      'networking.internal.knative.dev/serviceType=Private',
    )) {
      // requests by the activator, and what the autoscaler counts
      ends.push(...(await behind(systemNamespace, metadata.name, ['http', 'http-autometric'])));
    }
    expect(new Set(ends.map(({ port }) => port.port)).size).toBe(2);
    const may = (pod: Json) =>
      ends.map(({ end, port }) =>
        allows(policies, 'ingress', end, { namespace: spaces.get(pod.metadata.namespace), labels: pod.metadata.labels }, port),
      );
    for (const pod of serving) expect(may(pod), pod.metadata.name).toEqual(ends.map(() => true));
    expect(may(others)).toEqual(ends.map(() => false));
  });

  it('name pods, namespaces and ports that are there, and nothing else', async () => {
    const open = (pods: Json[]) =>
      new Set(
        pods.flatMap(({ spec }) =>
          spec.containers.flatMap(({ ports = [] }: Json) => ports.map((one: Json) => one.containerPort)),
        ),
      );
    const own = await items('pods', '-n', systemNamespace, '-l', 'app.kubernetes.io/part-of=gst-functions');
    const components = new Set(Object.values(functions).map(({ labels }) => labels?.['app.kubernetes.io/component']));
    const elsewhere = new Set((await items('services', '-A')).flatMap(({ spec }) => spec.ports.map((one: Json) => one.port)));
    expect(policies).toHaveLength(3);
    for (const { metadata, spec } of policies) {
      for (const { values } of spec.podSelector.matchExpressions ?? [])
        for (const one of values) expect(components).toContain(one);
      for (const { ports } of spec.ingress ?? []) for (const { port } of ports) expect(open(own)).toContain(port);
      for (const { to, ports } of spec.egress) {
        // OTLP, where a collector is
        const wanted = ports.map((one: Json) => one.port).filter((port: number) => port !== 4318);
        if (to === undefined) expect([...elsewhere, 6443], metadata.name).toEqual(expect.arrayContaining(wanted));
      }
      for (const { namespaceSelector, podSelector, ports } of peersOf(spec)) {
        const [name, value] = Object.entries(namespaceSelector.matchLabels)[0] as [string, string];
        const [space] = [...spaces.values()].filter(({ labels }) => labels[name] === value);
        expect(space, value).toBeDefined();
        const labels = Object.entries(podSelector?.matchLabels ?? {}).map(([key, wanted]) => `${key}=${wanted}`);
        const pods = await items('pods', '-n', String(space?.name), ...labels.flatMap((label) => ['-l', label]));
        expect(pods.length).toBeGreaterThan(0);
        for (const port of ports) expect(open(pods)).toContain(port);
      }
    }
  });
});

/** Whom rules name, and for egress the ports there. */
function peersOf(spec: Json): Json[] {
  const of = (rules: Json[], side: 'to' | 'from') =>
    rules.flatMap(({ [side]: peers = [], ports }: Json) =>
      peers.map((peer: Json) => ({ ...peer, ports: side === 'to' ? ports.map((one: Json) => one.port) : [] })),
    );
  return [...of(spec.egress ?? [], 'to'), ...of(spec.ingress ?? [], 'from')];
}
