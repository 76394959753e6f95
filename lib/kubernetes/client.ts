/**
 * The API server, as far as the functions need it. The library takes a third of a second to load, so it is loaded when
 * the first client is made; who works from files never pays for it.
 */
import type {
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  KubernetesObject,
  ListWatch,
  RequestContext,
  ResponseContext,
} from '@kubernetes/client-node';
import { kubernetesFault, statusOf } from './faults.ts';
import { apiVersion, type KubeObject, type Resource } from './resources.ts';

export interface ListQuery {
  /** All of them where it is not given. */
  namespace?: string;
  labelSelector?: string;
}

export interface Patch {
  metadata?: { resourceVersion?: string | undefined; [field: string]: unknown };
  [field: string]: unknown;
}

/** Every method rejects with KUBERNETES_FAILED; what is not there is undefined, and a conflict of versions is told apart. */
export interface KubeClient {
  list<T extends KubeObject>(resource: Resource, query?: ListQuery): Promise<T[]>;
  get<T extends KubeObject>(resource: Resource, namespace: string, name: string): Promise<T | undefined>;
  /** False where an object of that name is there already. */
  create(resource: Resource, object: KubeObject): Promise<boolean>;
  /** A JSON merge patch. With `resourceVersion` in its metadata it is false where the object has changed since, or is gone. */
  patch(resource: Resource, namespace: string, name: string, patch: Patch, options?: { status?: boolean }): Promise<boolean>;
  /** False where there was none, or where one that is named with its `resourceVersion` has changed since. */
  remove(resource: Resource, namespace: string, name: string, seen?: { resourceVersion?: string }): Promise<boolean>;
  /** Of core/v1: Secrets and ConfigMaps, by name. */
  core: CoreV1Api;
  /** Of all namespaces; not started. */
  informer(resource: Resource): ListWatch<KubernetesObject>;
}

/** For one answer, a page of a list included, in milliseconds. Watches are bounded by the library: 30 s without a byte. */
const requestTimeout = 30_000;
/** Objects in one page of a list. */
const pageSize = 500;

/** Connects as the pod's service account, or as KUBECONFIG says. */
export async function createKubeClient(load?: (config: KubeConfig) => void): Promise<KubeClient> {
  const kube = await import('@kubernetes/client-node');
  const config = new kube.KubeConfig();
  if (load) load(config);
  else config.loadFromDefault();
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw kubernetesFault('connect', new Error('there is no cluster in the configuration'));
  const bounded = {
    pre(context: RequestContext) {
      context.setSignal(AbortSignal.timeout(requestTimeout));
      return Promise.resolve(context);
    },
    post: (context: ResponseContext) => Promise.resolve(context),
  };
  const configuration = kube.createConfiguration({
    baseServer: new kube.ServerConfiguration(server, {}),
    authMethods: { default: config },
    promiseMiddleware: [bounded],
  });
  const objects = new kube.CustomObjectsApi(configuration);
  const merge = kube.setHeaderOptions('Content-Type', kube.PatchStrategy.MergePatch);
  return {
    ...objectMethods(objects, merge),
    core: new kube.CoreV1Api(configuration),
    informer(resource) {
      const path = `/apis/${apiVersion(resource)}/${resource.plural}`;
      const list = async () => (await listAll(objects, resource, {})) as never;
      const informer = new kube.ListWatch(path, new kube.Watch(config), list, false);
      informer.on('change', (object) => lighten(object as KubeObject));
      return informer;
    },
  };
}

type Options = Parameters<CustomObjectsApi['patchNamespacedCustomObject']>[1];

function objectMethods(objects: CustomObjectsApi, merge: Options): Omit<KubeClient, 'core' | 'informer'> {
  const at = ({ group, version, plural }: Resource, namespace: string, name: string) => ({
    group,
    version,
    plural,
    namespace,
    name,
  });
  return {
    async list<T extends KubeObject>(resource: Resource, query: ListQuery = {}) {
      const { items } = await attempt(`list ${resource.plural}`, () => listAll(objects, resource, query));
      return items as T[];
    },
    get: (resource, namespace, name) =>
      attempt(`read ${resource.plural} ${namespace}/${name}`, () =>
        absent(undefined, [404], () => objects.getNamespacedCustomObject(at(resource, namespace, name))),
      ),
    create(resource, object) {
      const { namespace = 'default', name } = object.metadata;
      const body = { apiVersion: apiVersion(resource), kind: resource.kind, ...object };
      return attempt(`create ${resource.plural} ${namespace}/${name}`, () =>
        absent(false, [409], async () => {
          await objects.createNamespacedCustomObject({ ...at(resource, namespace, name), body });
          return true;
        }),
      );
    },
    patch: (resource, namespace, name, body, { status = false } = {}) =>
      attempt(`patch ${resource.plural}${status ? '/status' : ''} ${namespace}/${name}`, () =>
        absent(false, body.metadata?.resourceVersion === undefined ? [409] : [409, 404], async () => {
          const request = { ...at(resource, namespace, name), body };
          if (status) await objects.patchNamespacedCustomObjectStatus(request, merge);
          else await objects.patchNamespacedCustomObject(request, merge);
          return true;
        }),
      ),
    remove: (resource, namespace, name, { resourceVersion } = {}) =>
      attempt(`delete ${resource.plural} ${namespace}/${name}`, () =>
        absent(false, [404, 409], async () => {
          const body = resourceVersion === undefined ? undefined : { preconditions: { resourceVersion } };
          // Background, or the pods of a batch Job would be left behind
          await objects.deleteNamespacedCustomObject({ ...at(resource, namespace, name), propagationPolicy: 'Background', body });
          return true;
        }),
      ),
  };
}

interface Page {
  items: KubeObject[];
  metadata?: { continue?: string; resourceVersion?: string };
}

/** Every page; all of them show the same version of the collection, so a watch may go on from there. */
async function listAll(objects: CustomObjectsApi, resource: Resource, query: ListQuery): Promise<Page> {
  const items: KubeObject[] = [];
  for (let next: string | undefined; ; ) {
    const page = await listPage(objects, resource, query, next);
    for (const item of page.items) {
      lighten(item);
      items.push(item);
    }
    next = page.metadata?.continue || undefined;
    if (next === undefined) return { items, metadata: page.metadata };
  }
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** Takes away how the object came to be, which is more than half of a Transform: of many all are held at once. */
function lighten({ metadata }: KubeObject): void {
  delete (metadata as { managedFields?: unknown }).managedFields;
  delete metadata.annotations?.[lastApplied];
}

function listPage(
  objects: CustomObjectsApi,
  resource: Resource,
  { namespace, labelSelector }: ListQuery,
  next?: string,
): Promise<Page> {
  const { group, version, plural } = resource;
  const page = { labelSelector, limit: pageSize, _continue: next };
  if (namespace !== undefined) return objects.listNamespacedCustomObject({ group, version, plural, namespace, ...page });
  return objects.listCustomObjectForAllNamespaces({ group, version, resourcePlural: plural, ...page });
}

async function attempt<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw kubernetesFault(what, error);
  }
}

/** `value` in place of an answer with one of these statuses. */
async function absent<T>(value: T, statuses: readonly number[], call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return value;
    throw error;
  }
}
