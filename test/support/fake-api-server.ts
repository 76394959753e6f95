/** A small API server on loopback: objects with versions, merge patches, the status subresource and its default, pages, watches. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KubeConfig } from '@kubernetes/client-node';
import { requestedStatus } from '../../lib/transform/schema/requested-status.ts';

// biome-ignore lint/suspicious/noExplicitAny: objects of any kind
type Json = any;

export interface FakeApiServer {
  /** Points a client's configuration here. */
  load(config: KubeConfig): void;
  /** `/apis/GROUP/VERSION/namespaces/NS/PLURAL/NAME`, or that of core. */
  put(path: string, object: Json): void;
  delete(path: string): void;
  get(path: string): Json | undefined;
  /** `METHOD path`, in order. */
  requests: string[];
  /** Answers the next requests that match with a status. */
  fail(pattern: RegExp, status: number, times?: number): void;
  /** Cuts every watch. */
  cutWatches(): void;
  watches(): number;
  close(): Promise<void>;
}

export async function startFakeApiServer(): Promise<FakeApiServer> {
  const objects = new Map<string, Json>();
  const watchers = new Set<{ collection: string; response: ServerResponse }>();
  const requests: string[] = [];
  const failures: Array<{ pattern: RegExp; status: number; times: number }> = [];
  let version = 1;

  const collectionOf = (path: string) => path.replace(/\/namespaces\/[^/]+/, '').replace(/\/[^/]+$/, '');
  const tell = (type: string, path: string, object: Json) => {
    for (const { collection, response } of watchers) {
      if (collectionOf(path) === collection) response.write(`${JSON.stringify({ type, object })}\n`);
    }
  };
  const store = (path: string, given: Json) => {
    const object = inOrder(given);
    const type = objects.has(path) ? 'MODIFIED' : 'ADDED';
    object.metadata.resourceVersion = String(++version);
    objects.set(path, object);
    tell(type, path, object);
  };
  const answer = (response: ServerResponse, status: number, body: Json) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const refuse = (response: ServerResponse, code: number) => {
    answer(response, code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message: `refused with ${code}` });
  };

  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://fake');
    const path = url.pathname;
    requests.push(`${request.method} ${path}${url.searchParams.has('watch') ? '?watch' : ''}`);
    const failure = failures.find(({ pattern, times }) => times > 0 && pattern.test(requests.at(-1) ?? ''));
    if (failure) {
      failure.times--;
      return refuse(response, failure.status);
    }
    const body = await read(request);
    const named = objects.get(path.replace(/\/status$/, ''));
    if (request.method === 'GET' && url.searchParams.has('watch')) {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      const watcher = { collection: path, response };
      watchers.add(watcher);
      response.on('close', () => watchers.delete(watcher));
      return;
    }
    if (request.method === 'GET' && named) return answer(response, 200, named);
    if (request.method === 'GET' && /\/namespaces\/[^/]+\/[^/]+\/[^/]+$/.test(path)) return refuse(response, 404);
    if (request.method === 'GET') return list(path, url, response);
    if (request.method === 'POST') {
      const at = `${path}/${body.metadata.name}`;
      if (objects.has(at)) return refuse(response, 409);
      store(at, made(at, body));
      return answer(response, 201, objects.get(at));
    }
    if (!named) return refuse(response, 404);
    if (request.method === 'DELETE') {
      const wanted = body.preconditions?.resourceVersion;
      if (wanted !== undefined && wanted !== named.metadata.resourceVersion) return refuse(response, 409);
      remove(path);
      return answer(response, 200, { kind: 'Status', apiVersion: 'v1', status: 'Success' });
    }
    const expected = body.metadata?.resourceVersion;
    if (expected !== undefined && expected !== named.metadata.resourceVersion) return refuse(response, 409);
    if (request.method === 'PUT') {
      store(path, body);
      return answer(response, 200, objects.get(path));
    }
    if (request.headers['content-type'] !== 'application/merge-patch+json') return refuse(response, 415);
    const next = structuredClone(named);
    // the status subresource changes nothing but the status
    merge(next, path.endsWith('/status') ? { status: body.status } : body);
    store(path.replace(/\/status$/, ''), next);
    answer(response, 200, next);
  };

  const list = (path: string, url: URL, response: ServerResponse) => {
    const selector = Object.fromEntries(
      (url.searchParams.get('labelSelector') ?? '')
        .split(',')
        .filter(Boolean)
        .map((pair) => pair.split('=')),
    );
    const all = [...objects]
      .filter(([at]) => collectionOf(at) === path || at.replace(/\/[^/]+$/, '') === path)
      .map(([, object]) => object)
      .filter(({ metadata: { labels = {} } }) =>
        // a name alone asks for whatever has it
        Object.entries(selector).every(([name, value]) => (value === undefined ? name in labels : labels[name] === value)),
      );
    const limit = Number(url.searchParams.get('limit') ?? all.length);
    const from = Number(url.searchParams.get('continue') ?? 0);
    const next = from + limit < all.length ? String(from + limit) : undefined;
    const metadata = { resourceVersion: String(version), continue: next };
    answer(response, 200, { kind: 'List', apiVersion: 'v1', metadata, items: all.slice(from, from + limit) });
  };
  const remove = (path: string) => {
    const object = objects.get(path);
    if (objects.delete(path)) tell('DELETED', path, object);
  };

  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    load(config) {
      const cluster = { name: 'fake', server: `http://127.0.0.1:${port}`, skipTLSVerify: true };
      config.loadFromClusterAndUser(cluster, { name: 'test' });
    },
    put: (path, object) => store(path, structuredClone(object)),
    delete: remove,
    get: (path) => objects.get(path),
    requests,
    fail: (pattern, status, times = 1) => failures.push({ pattern, status, times }),
    cutWatches() {
      for (const { response } of watchers) response.destroy();
    },
    watches: () => watchers.size,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Whoever makes an object of ours gives it no status: that is a subresource, and for Jobs the CRD has one for the beginning. */
function made(path: string, object: Json): Json {
  if (!path.startsWith('/apis/pipelines.gst.io/')) return object;
  const { status: _, ...rest } = object;
  return path.includes('/jobs/') ? { ...rest, status: structuredClone(requestedStatus) } : rest;
}

async function read(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : JSON.parse(text);
}

/** Members by name, as the real one gives them back: who compares objects as text finds them changed. */
function inOrder(value: Json): Json {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, inOrder(inner)]));
}

/** RFC 7386. */
function merge(target: Json, patch: Json): void {
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete target[key];
    else if (typeof value === 'object' && !Array.isArray(value) && typeof target[key] === 'object') merge(target[key], value);
    else target[key] = value;
  }
}
