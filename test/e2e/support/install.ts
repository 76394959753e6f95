/** The installation under test: overlays/dev as it is, with images of this tree and times that suit a test. */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { eventually } from './eventually.ts';
import { apply, condition, get, items, type Json, kubectl } from './kubectl.ts';

export const systemNamespace = 'gst-functions';

/** Seconds for all Services to be ready, a first unpacking of the images included. */
const readyTimeout = 240;

/** Further settings of functions: name, then environment variables. */
export type Settings = Record<string, Record<string, string>>;

export async function install(tag: string, settings: Settings = {}): Promise<void> {
  const documents = await rendered('knative/overlays/dev');
  for (const document of documents) {
    if (isService(document)) adapt(document, tag, settings[document.metadata.name] ?? {});
    if (document.kind === 'JobSink') ofTag(document.spec.job.spec.template.spec.containers[0], tag);
  }
  await apply(documents.map((document) => stringify(document)).join('---\n'));
  await eventually('every Service ready', readyTimeout, async () => {
    const services = await items('services.serving.knative.dev', '-n', systemNamespace);
    const waiting = services.filter((service) => !isReady(service));
    if (waiting.length > 0)
      throw new Error(
        waiting.map(({ metadata, status }) => `${metadata.name}: ${JSON.stringify(status?.conditions)}`).join('\n'),
      );
    return services.length > 0;
  });
  await settle('triggers');
  await settle('apiserversources');
  await settle('pingsources');
}

async function rendered(overlay: string): Promise<Json[]> {
  return parseAllDocuments(await kubectl(['kustomize', overlay])).map((document) => document.toJS() as Json);
}

/** What was looked at before its Service had an address is looked at again ever more rarely: a touch makes it soon. */
async function settle(kind: string): Promise<void> {
  const waiting = (await items(kind, '-n', systemNamespace)).filter((object) => condition(object, 'Ready')?.status !== 'True');
  for (const { metadata } of waiting) {
    await kubectl(['-n', systemNamespace, 'annotate', '--overwrite', kind, metadata.name, `gst-functions/touched=${Date.now()}`]);
  }
  await eventually(`every one of ${kind} ready`, 60, async () => {
    const all = await items(kind, '-n', systemNamespace);
    return all.every((object) => condition(object, 'Ready')?.status === 'True');
  });
}

const isService = ({ kind, apiVersion }: Json) => kind === 'Service' && apiVersion.startsWith('serving.knative.dev/');

function isReady({ metadata, status }: Json): boolean {
  return status?.observedGeneration === metadata.generation && condition({ status }, 'Ready')?.status === 'True';
}

function ofTag(container: Json, tag: string): void {
  container.image = container.image.replace(/:[^:/]*$/, `:${tag}`);
}

/** A window of 6 s shows scaling to zero within a test; the rest is as it is deployed. */
function adapt({ spec: { template } }: Json, tag: string, env: Record<string, string>): void {
  const [container] = template.spec.containers;
  ofTag(container, tag);
  Object.assign(template.metadata.annotations, {
    'autoscaling.knative.dev/window': '6s',
    'autoscaling.knative.dev/scale-to-zero-pod-retention-period': '0s',
  });
  for (const [name, value] of Object.entries(env)) {
    container.env = [...container.env.filter((one: Json) => one.name !== name), { name, value }];
  }
}

/** The live page with these components beside overlays/dev, and what they bring; its image and its times stay as they are. */
export async function applyDashboard(components: readonly string[]): Promise<void> {
  const where = ['services.serving.knative.dev', 'dashboard', '-n', systemNamespace];
  const [, tag = ''] = /:([^:/]*)$/.exec((await get(...where)).spec.template.spec.containers[0].image) ?? [];
  const folder = await mkdtemp(join(tmpdir(), 'gst-overlay-'));
  try {
    await cp('knative', folder, { recursive: true });
    const overlay = join(folder, 'overlays/tested');
    await mkdir(overlay);
    const paths = components.map((name) => `../../components/${name}`);
    await writeFile(join(overlay, 'kustomization.yaml'), stringify({ resources: ['../dev'], components: paths }));
    const documents = await rendered(overlay);
    const service = documents.find((document) => isService(document) && document.metadata.name === 'dashboard');
    adapt(service, tag, {});
    const before = new Set((await rendered('knative/overlays/dev')).map(nameOf));
    const brought = documents.filter((document) => !before.has(nameOf(document)));
    await apply([service, ...brought].map((document) => stringify(document)).join('---\n'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  await eventually('the live page', readyTimeout, async () => isReady(await get(...where)));
}

const nameOf = ({ kind, metadata: { namespace, name } }: Json) => [kind, namespace, name].join('/');

/** Services and their pods go first: a namespace that has pods waits for half of the grace that they are given, however soon they go. */
export async function uninstall(): Promise<void> {
  const wait = ['--ignore-not-found', '--timeout=300s'];
  await kubectl(['delete', 'pingsources,apiserversources,triggers', '--all', '-n', systemNamespace, ...wait]);
  await kubectl(['delete', 'services.serving.knative.dev', '--all', '-n', systemNamespace, ...wait]);
  await kubectl(['wait', '--for=delete', 'pods', '--all', '-n', systemNamespace, '--timeout=300s'], { mayFail: true });
  await kubectl(['delete', '-k', 'knative/overlays/dev', ...wait]);
}

/** Pods of a function, those that are on their way out included. */
export async function podsOf(service: string): Promise<Json[]> {
  return items('pods', '-n', systemNamespace, '-l', `serving.knative.dev/service=${service}`);
}

/** All that the pods of a function have logged that are there still. */
export function logsOf(service: string): Promise<string> {
  const pods = ['-n', systemNamespace, '-l', `serving.knative.dev/service=${service}`];
  return kubectl(['logs', ...pods, '-c', 'user-container', '--tail=-1'], { mayFail: true });
}

/** Where the functions post their events. */
export async function brokerAddress(): Promise<string> {
  return (await get('configmap', 'broker', '-n', systemNamespace)).data.url;
}

/** Gives a function other settings (undefined: none), as a new revision, and waits until that one serves. */
export async function reconfigure(name: string, settings: Record<string, string | undefined>): Promise<void> {
  const service = await get('services.serving.knative.dev', name, '-n', systemNamespace);
  const [container] = service.spec.template.spec.containers;
  const kept = container.env.filter((one: Json) => !(one.name in settings));
  const set = Object.entries(settings).flatMap(([key, value]) => (value === undefined ? [] : [{ name: key, value }]));
  const env = [...kept, ...set];
  await changeService(name, { '/spec/template/spec/containers/0/env': env });
}

/** How long a request may take there, waiting included; in seconds. */
export async function limitRequests(name: string, seconds: number): Promise<void> {
  const pod = '/spec/template/spec';
  await changeService(name, { [`${pod}/timeoutSeconds`]: seconds, [`${pod}/responseStartTimeoutSeconds`]: seconds });
}

/** Puts values in the place of others, and waits until the revision with them serves. */
async function changeService(name: string, values: Record<string, unknown>): Promise<void> {
  const patch = Object.entries(values).map(([path, value]) => ({ op: 'replace', path, value }));
  const where = ['services.serving.knative.dev', name, '-n', systemNamespace];
  await kubectl(['patch', ...where, '--type=json', '-p', JSON.stringify(patch)]);
  await eventually(`${name} with other settings`, readyTimeout, async () => isReady(await get(...where)));
}
