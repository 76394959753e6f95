/** The handler of transcode over a directory store and an engine that runs nothing. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CloudEvent } from 'cloudevents';
import pino from 'pino';
import { createHandler, type TranscodeDeps } from '../../functions/transcode/handler.ts';
import { Fault } from '../../lib/errors.ts';
import type { Endpoint, Requested } from '../../lib/events/types.ts';
import { createApp, createLifecycle } from '../../lib/runtime/index.ts';
import type { Lifecycle } from '../../lib/runtime/types.ts';
import { createDirectoryStore, type ObjectStore } from '../../lib/storage/index.ts';
import type { PostedEvent } from './broker-sink.ts';
import { type FakeEngine, fakeEngine } from './fake-engine.ts';
import { eventKey, post, type RequestFields, requestedData, requestedEvent } from './requests.ts';

export const endpoint: Endpoint = { address: 'minio.test:9000', tls: false, region: 'us-east-1', credentialsSecret: 'minio' };

export interface FakeTranscode {
  engine: FakeEngine;
  store: ObjectStore;
  lifecycle: Lifecycle;
  /** What was posted, in order. */
  events: PostedEvent[];
  kinds(): string[];
  /** From now on these kinds cannot be posted. */
  refuse(...kinds: string[]): void;
  source(key: string, content?: string): Promise<{ bucket: string; key: string; etag: string; size: number }>;
  request(fields: Omit<RequestFields, 'endpoint' | 'elements'> & Partial<Pick<RequestFields, 'elements'>>): Requested;
  ask(data: Requested, options?: { signal?: AbortSignal; key?: string }): Promise<Response>;
  send(event: CloudEvent<unknown>, signal?: AbortSignal): Promise<Response>;
  /** Any request, as it is. */
  fetch(request: Request): Response | Promise<Response>;
  metadata(bucket: string, key: string): Promise<Record<string, string> | undefined>;
  /** Folders of runs in scratch. */
  scratch(): Promise<string[]>;
  remove(): Promise<void>;
}

export async function fakeTranscode(more: Partial<TranscodeDeps> = {}): Promise<FakeTranscode> {
  const folder = await mkdtemp(join(tmpdir(), 'gst-transcode-unit-'));
  const store = createDirectoryStore(join(folder, 'store'));
  const engine = fakeEngine();
  const lifecycle = createLifecycle();
  const events: PostedEvent[] = [];
  const refused = new Set<string>();
  const kindOf = (type: string) => type.slice(type.lastIndexOf('.') + 1);
  let runs = 0;
  const handler = createHandler({
    publish: async (event) => {
      if (refused.has(kindOf(event.type))) throw new Fault('PUBLISH_FAILED', { address: 'broker', cause: 'it is away' });
      events.push(JSON.parse(JSON.stringify(event)) as PostedEvent);
    },
    eventKey,
    admit: ({ pipeline }) => ({
      graph: () => ({ nodes: [], links: [], source: undefined, outputs: [] }),
      limits: pipeline.limits,
    }),
    store: async () => store,
    engine,
    newRun: () => `RUN${++runs}`,
    progressInterval: 0,
    scratchDir: join(folder, 'scratch'),
    uploadTimeout: 90,
    staleUploadAge: 570,
    ...more,
  });
  const app = createApp(handler, { log: pino({ level: 'silent' }), lifecycle, bodyLimit: 1 << 20 });
  const send = async (event: CloudEvent<unknown>, signal?: AbortSignal) => {
    const request = post(event);
    return app.fetch(signal ? new Request(request, { signal }) : request);
  };
  return {
    engine,
    store,
    lifecycle,
    events,
    kinds: () => events.map(({ type }) => kindOf(type)),
    refuse(...kinds) {
      refused.clear();
      for (const kind of kinds) refused.add(kind);
    },
    async source(key, content = `content of ${key}`) {
      const { etag, size } = await store.put('media', key, Buffer.from(content), { contentType: 'video/mp4', metadata: {} });
      return { bucket: 'media', key, etag, size };
    },
    request: (fields) => requestedData({ endpoint, elements: [{ name: 'identity' }], ...fields }),
    ask: (data, { signal, key } = {}) => send(requestedEvent(data, { key }), signal),
    send,
    fetch: (request) => app.fetch(request),
    metadata: async (bucket, key) => (await store.stat(bucket, key))?.metadata,
    scratch: () => readdir(join(folder, 'scratch')).catch(() => []),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
