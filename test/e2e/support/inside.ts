/** Requests from inside the cluster, where alone the functions can be reached. */
import { randomUUID } from 'node:crypto';
import { systemNamespace } from './install.ts';
import { type Json, kubectl } from './kubectl.ts';
import { storageNamespace } from './storage.ts';

/** A round of the sweep, as PingSource asks for it. */
export const sweep = (): Promise<void> => wakeReconciler('/sweep');

/** A pass of the reconciler, until it is done. */
export async function wakeReconciler(path: string): Promise<void> {
  const event = {
    specversion: '1.0',
    id: randomUUID(),
    source: '/test',
    type: 'dev.knative.sources.ping',
    datacontenttype: 'application/json',
    data: {},
  };
  const answer = await post(`http://reconciler.${systemNamespace}.svc.cluster.local${path}`, event);
  if (answer !== 204) throw new Error(`the reconciler answered ${answer} at ${path}`);
}

/** Posts an event; gives back the status. */
export async function post(url: string, event: object): Promise<number> {
  const headers = { 'content-type': 'application/cloudevents+json' };
  return (await request(url, { method: 'POST', headers, body: JSON.stringify(event) })).status;
}

/** The JSON that is answered to a GET. */
export async function read(url: string): Promise<Json> {
  return JSON.parse((await request(url)).body);
}

/** What is answered to a request of a pod that is none of the functions. */
export async function request(url: string, options: RequestInit = {}): Promise<{ status: number; body: string }> {
  const script = `fetch(${JSON.stringify(url)}, ${JSON.stringify(options)})
    .then(async (answer) => console.log(JSON.stringify({ status: answer.status, body: await answer.text() })))`;
  return JSON.parse(await inHand(['env', `NODE_EXTRA_CA_CERTS=${clusterCa}`, 'node', '-e', script]));
}

/** As every pod finds it. */
const clusterCa = '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt';

/** Runs a command beside MinIO. */
export const inHand = (command: readonly string[]): Promise<string> =>
  kubectl(['exec', '-n', storageNamespace, 'deployment/minio', '-c', 'hand', '--', ...command]);
