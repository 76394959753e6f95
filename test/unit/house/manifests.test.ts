import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { settings as dashboard } from '../../../functions/dashboard/settings.ts';
import { settings as dispatcher } from '../../../functions/dispatcher/settings.ts';
import { settings as reconciler } from '../../../functions/reconciler/settings.ts';
import { settings as recorder } from '../../../functions/recorder/settings.ts';
import { settings as source } from '../../../functions/source/settings.ts';
import { settings as transcode } from '../../../functions/transcode/settings.ts';
import type { SettingsSpec } from '../../../lib/runtime/index.ts';
import { files, read } from './repository.ts';

// biome-ignore lint/suspicious/noExplicitAny: manifests of any kind
type Json = any;

const documents = (path: string): Json[] => parseAllDocuments(read(path)).map((document) => document.toJS());
const kustomization = parse(read('knative/base/kustomization.yaml'));
const base: Json[] = kustomization.resources
  .filter((path: string) => !path.startsWith('..'))
  .flatMap((path: string) => documents(`knative/base/${path}`));
const ofKind = (kind: string) => base.filter((document) => document.kind === kind);
const settingsOf: Record<string, SettingsSpec> = { dashboard, dispatcher, reconciler, recorder, source, transcode };
const services: Array<[name: string, service: Json]> = ofKind('Service').map((service) => [service.metadata.name, service]);
const podOf = (service: Json) => service.spec.template.spec;
const containerOf = (service: Json) => podOf(service).containers[0];

/** Seconds from the end of a pod being asked for to SIGTERM, as seen: queue-proxy waits until no request has come for so long. */
const beforeSigterm = 30;

describe('what is deployed', () => {
  it('is all that is there', () => {
    const listed = kustomization.resources.map((path: string) => `knative/base/${path}`);
    const there = files.filter((path) => /^knative\/base\/.*\.yaml$/.test(path) && !path.endsWith('kustomization.yaml'));
    expect(listed.filter((path: string) => !path.includes('..')).sort()).toEqual(there.toSorted());
    expect(kustomization.resources).toContain('../crds');
  });

  it('is one Service for each function', () => {
    expect(services.map(([name]) => name).sort()).toEqual(Object.keys(settingsOf).sort());
    expect(readdirSync('functions').sort()).toEqual(Object.keys(settingsOf).sort());
  });

  it('takes its images from one place', () => {
    const named = new Set(kustomization.images.map(({ name }: Json) => name));
    for (const [, service] of services) expect(named).toContain(containerOf(service).image);
    for (const { newTag } of kustomization.images) expect(newTag).not.toBe('latest');
  });
});

describe.each(services)('the Service %s', (name, service) => {
  const pod = podOf(service);
  const container = containerOf(service);
  const env: Json[] = container.env;

  it('is seen inside the cluster only', () => {
    expect(service.metadata.labels['networking.knative.dev/visibility']).toBe('cluster-local');
  });

  it('keeps autoscaling to its template: Serving refuses it elsewhere', () => {
    expect(Object.keys(service.metadata.annotations ?? {})).toEqual([]);
    const { annotations } = service.spec.template.metadata;
    expect(Object.keys(annotations).every((key) => key.startsWith('autoscaling.knative.dev/'))).toBe(true);
    // the NetworkPolicy lets the activator in, and no ingress
    expect(annotations['autoscaling.knative.dev/target-burst-capacity']).toBe('-1');
    expect(Number(annotations['autoscaling.knative.dev/max-scale'])).toBeGreaterThan(0);
  });

  it('is served by the one command', () => {
    expect(container.args).toEqual(['serve', name]);
  });

  it('may do nothing that it need not', () => {
    expect(container.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect([pod.automountServiceAccountToken, pod.enableServiceLinks]).toEqual([false, false]);
    expect(ofKind('ServiceAccount').map(({ metadata }) => metadata.name)).toContain(pod.serviceAccountName);
  });

  it('has requests and limits, of scratch space too, and volumes of a bounded size', () => {
    for (const kind of ['requests', 'limits']) {
      expect(Object.keys(container.resources[kind]).sort()).toEqual(['cpu', 'ephemeral-storage', 'memory']);
    }
    for (const { emptyDir } of pod.volumes) if (emptyDir) expect(emptyDir.sizeLimit).toMatch(/^\d+(Mi|Gi)$/);
    expect(container.volumeMounts.map((mount: Json) => mount.name)).toEqual(pod.volumes.map((volume: Json) => volume.name));
  });

  it('names the port of its startup probe: without one the Revision hangs', () => {
    expect(container.startupProbe.httpGet.port).toBe(8080);
    expect(container.readinessProbe.httpGet.path).toBe('/health/readiness');
    expect(container.livenessProbe.httpGet.path).toBe('/health/liveness');
  });

  it('drains within what is left of its grace when SIGTERM comes', () => {
    const drain = Number(env.find((one) => one.name === 'DRAIN_SECONDS').value);
    expect(drain).toBeLessThan(pod.timeoutSeconds - beforeSigterm);
    expect(pod.responseStartTimeoutSeconds).toBe(pod.timeoutSeconds);
  });

  it('is given settings that it knows, and all that it requires', () => {
    const known = Object.values(settingsOf[name] as SettingsSpec);
    const names = known.map((setting) => setting.env);
    for (const one of env) expect(names).toContain(one.name);
    const shared = Object.keys(ofKind('ConfigMap').find(({ metadata }) => metadata.name === 'settings').data);
    const all = Object.values(settingsOf).flatMap((spec) => Object.values(spec).map((setting) => setting.env));
    for (const key of shared) expect(all).toContain(key);
    const given = [...env.map((one) => one.name), ...shared];
    const required = known.filter(({ fallback, optional }) => fallback === undefined && !optional).map((setting) => setting.env);
    expect(required.filter((one) => !given.includes(one))).toEqual([]);
  });

  it('reads its Secret and its ConfigMaps by names that are there', () => {
    const maps = ofKind('ConfigMap');
    for (const { valueFrom } of env.filter((one) => one.valueFrom)) {
      if (valueFrom.secretKeyRef) expect(valueFrom.secretKeyRef.name).toBe('gst-functions');
      else
        expect(maps.find(({ metadata }) => metadata.name === valueFrom.configMapKeyRef.name).data).toHaveProperty([
          valueFrom.configMapKeyRef.key,
        ]);
    }
    expect(container.envFrom).toEqual([{ configMapRef: { name: 'settings' } }]);
  });

  it('has a token, and a way to the API server, only where it has rights there', () => {
    const account = pod.serviceAccountName;
    const bound = [...ofKind('ClusterRoleBinding'), ...ofKind('RoleBinding'), ...documents('knative/components/tenant/rbac.yaml')]
      .flatMap(({ subjects = [] }) => subjects)
      .some((subject: Json) => subject.name === account);
    expect(pod.volumes.some((volume: Json) => volume.projected)).toBe(bound);
    const [way] = ofKind('NetworkPolicy').filter(({ metadata }) => metadata.name === 'api-server');
    expect(way.spec.podSelector.matchExpressions[0].values.includes(name)).toBe(bound);
  });
});

describe('the Service transcode', () => {
  const [, service] = services.find(([name]) => name === 'transcode') as [string, Json];

  it('has all the time that Serving allows, one object at a time, and a sandbox', () => {
    expect(podOf(service)).toMatchObject({ timeoutSeconds: 600, responseStartTimeoutSeconds: 600, containerConcurrency: 1 });
    expect(containerOf(service).env).toContainEqual({ name: 'REQUIRE_SANDBOX', value: 'true' });
  });

  it('leaves a run the time that a Transform may ask for, and an output the space', () => {
    const { data } = ofKind('ConfigMap').find(({ metadata }) => metadata.name === 'settings');
    const upload = Number(transcode.uploadTimeout.fallback);
    expect(Number(data.MAX_TIMEOUT) + upload).toBeLessThan(podOf(service).timeoutSeconds);
    const scratch = podOf(service).volumes.find((volume: Json) => volume.name === 'scratch').emptyDir.sizeLimit;
    const gib = (quantity: string) => Number(/^(\d+)Gi$/.exec(quantity)?.[1]);
    expect(gib(data.MAX_OUTPUT_BYTES)).toBeLessThan(gib(scratch));
    expect(gib(scratch)).toBeLessThan(gib(containerOf(service).resources.limits['ephemeral-storage']));
  });
});

describe('the JobSink', () => {
  const [jobSink] = ofKind('JobSink');
  const { metadata, spec } = jobSink.spec.job;
  const pod = spec.template.spec;
  const container = pod.containers[0];
  const [, service] = services.find(([name]) => name === 'transcode') as [string, Json];

  it('runs what the Service runs, with the same rights and in the same bounds', () => {
    const same = ['image', 'args', 'envFrom', 'resources', 'securityContext', 'volumeMounts'];
    for (const field of same) expect([field, container[field]]).toEqual([field, containerOf(service)[field]]);
    for (const field of ['serviceAccountName', 'automountServiceAccountToken', 'enableServiceLinks', 'volumes'])
      expect([field, pod[field]]).toEqual([field, podOf(service)[field]]);
    const { labels } = service.spec.template.metadata;
    expect([metadata.labels, spec.template.metadata.labels]).toEqual([labels, labels]);
    const own = ['DRAIN_SECONDS', 'UPLOAD_TIMEOUT'];
    const others = (env: Json[]) => env.filter(({ name }) => !own.includes(name));
    expect(others(container.env)).toEqual(others(containerOf(service).env));
  });

  it('has the time for the longest run more than once, and ends for good what will never do', () => {
    const value = (name: string) => Number(container.env.find((one: Json) => one.name === name).value);
    const { data } = ofKind('ConfigMap').find((one) => one.metadata.name === 'settings');
    expect(spec.activeDeadlineSeconds).toBeGreaterThan(2 * (Number(data.MAX_JOB_TIMEOUT) + value('UPLOAD_TIMEOUT')));
    expect(value('DRAIN_SECONDS')).toBeLessThan(pod.terminationGracePeriodSeconds);
    expect(pod.restartPolicy).toBe('Never');
    expect(spec.podFailurePolicy.rules[0]).toEqual({ action: 'FailJob', onExitCodes: { operator: 'In', values: [2] } });
  });
});

describe('the live page', () => {
  const [, service] = services.find(([name]) => name === 'dashboard') as [string, Json];
  const component = 'knative/components/dashboard-actions';
  const added: Json[] = parse(read(`${component}/dashboard.yaml`)).map(({ value }: Json) => value);

  it('may only read, and holds no key and no token to do more', () => {
    const roles = [...ofKind('ClusterRoleBinding'), ...ofKind('RoleBinding')]
      .filter(({ subjects }) => subjects.some(({ name }: Json) => name === 'dashboard'))
      .map(({ roleRef }) => base.find(({ kind, metadata }) => kind === roleRef.kind && metadata.name === roleRef.name));
    const verbs = roles.flatMap(({ rules }) => rules.flatMap((rule: Json) => rule.verbs));
    expect([...new Set(verbs)].sort()).toEqual(['get', 'list', 'watch']);
    expect(containerOf(service).env.map(({ name }: Json) => name)).toEqual(['DRAIN_SECONDS']);
  });

  it('with the component for its actions marks Jobs and asks for them, and no more', () => {
    const [role, binding] = documents(`${component}/rbac.yaml`);
    expect(role.rules).toEqual([{ apiGroups: ['pipelines.gst.io'], resources: ['jobs'], verbs: ['patch'] }]);
    expect(binding).toMatchObject({
      roleRef: { kind: 'ClusterRole', name: role.metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: 'dashboard', namespace: 'gst-functions' }],
    });
    const known = Object.values(dashboard).map(({ env }) => env);
    expect(added.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([]);
    const maps = ofKind('ConfigMap');
    for (const { valueFrom } of added) {
      if (valueFrom.secretKeyRef) expect(valueFrom.secretKeyRef.name).toBe('gst-functions');
      else expect(maps.find(({ metadata }) => metadata.name === valueFrom.configMapKeyRef.name).data).toHaveProperty('url');
    }
  });
});

describe('NetworkPolicies', () => {
  const components = services.map(([, service]) => service.spec.template.metadata.labels['app.kubernetes.io/component']);

  it('select pods that are there', () => {
    for (const { spec } of ofKind('NetworkPolicy')) {
      for (const { values } of spec.podSelector.matchExpressions ?? [])
        for (const value of values) expect(components).toContain(value);
    }
    for (const [, service] of services)
      expect(service.spec.template.metadata.labels['app.kubernetes.io/part-of']).toBe('gst-functions');
  });

  it('open the way to storage for those who have Secrets to read', () => {
    const [storage] = ofKind('NetworkPolicy').filter(({ metadata }) => metadata.name === 'storage');
    const readers = documents('knative/components/tenant/rbac.yaml').flatMap(({ subjects = [] }) =>
      subjects.map((subject: Json) => subject.name),
    );
    expect(storage.spec.podSelector.matchExpressions[0].values.toSorted()).toEqual(readers.toSorted());
  });
});

describe('rights', () => {
  it('to read Secrets are given nowhere but in a namespace: that of the installation, and by name those of tenants', () => {
    const secrets = base.flatMap(({ kind, metadata, rules = [] }) =>
      rules
        .filter((rule: Json) => rule.resources.includes('secrets'))
        .map(({ verbs }: Json) => ({ kind, namespace: metadata.namespace, name: metadata.name, verbs })),
    );
    // the events of batch Jobs, for the reconciler alone
    expect(secrets).toEqual([{ kind: 'Role', namespace: 'gst-functions', name: 'reconciler', verbs: ['get'] }]);
    const [role] = documents('knative/components/tenant/rbac.yaml');
    expect(role).toMatchObject({
      kind: 'Role',
      rules: [{ resources: ['secrets'], verbs: ['get'], resourceNames: ['minio-credentials'] }],
    });
  });

  it('hold no wildcard', () => {
    for (const { rules = [] } of base)
      for (const rule of rules) expect([...rule.apiGroups, ...rule.resources, ...rule.verbs]).not.toContain('*');
  });
});
