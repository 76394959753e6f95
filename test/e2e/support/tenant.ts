/** A team that uses the installation: a namespace with Transforms and the sample Secret, a bucket, and a film to upload. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { parse, stringify } from 'yaml';
import { clip, makeClip } from '../../../cli/demo/clip.ts';
import { eventually } from './eventually.ts';
import { apply, condition, get, items, type Json, kubectl } from './kubectl.ts';
import { connectStorage, type Storage, storageAddress } from './storage.ts';

export interface Tenant {
  readonly namespace: string;
  readonly bucket: string;
  /** The storage, as the team reaches it. */
  readonly storage: Storage;
  /** Where the connection to the storage was cut. */
  reconnect(): Promise<void>;
  /** Applies a Transform and waits until MinIO was told of it; see `applyOnly`. */
  put(name: string, change?: (transform: Json) => void): Promise<void>;
  /** The sample as `NAME/… → out/NAME/….mp4` of the bucket, quick and without debug graphs, and what the test is about. */
  applyOnly(name: string, change?: (transform: Json) => void): Promise<void>;
  condition(name: string, type: string): Promise<ReturnType<typeof condition>>;
  /** Uploads the film. */
  upload(key: string): Promise<unknown>;
  /** Until the object is there. */
  output(key: string, seconds?: number): Promise<unknown>;
  /** Job records; with keys of sources those of these alone. */
  jobs(keys?: readonly string[]): Promise<Json[]>;
  job(key: string): Promise<Json | undefined>;
}

/**
 * Made before the tests of a file, and taken away after them. A bucket that is there already is shared.
 *
 * @param granted false: nobody gave the functions the right to read the Secret
 */
export function useTenant(namespace: string, bucket: string, { granted = true } = {}): Tenant {
  let folder: string | undefined;
  let storage: Storage;
  const film = () => join(folder ?? '', 'clip.mkv');
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gst-e2e-'));
    await makeClip(film());
    storage = await connectStorage();
    await storage.makeBucket(bucket);
    await createNamespace(namespace);
    if (granted) await grant(namespace);
  });
  afterAll(async () => {
    storage?.close();
    await removeNamespace(namespace);
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  const tenant: Tenant = {
    namespace,
    bucket,
    get storage() {
      return storage;
    },
    async reconnect() {
      storage.close();
      storage = await connectStorage();
    },
    async put(name, change) {
      await tenant.applyOnly(name, change);
      await eventually(
        `MinIO told of ${name}`,
        60,
        async () => (await tenant.condition(name, 'Notifications'))?.status === 'True',
      );
    },
    async applyOnly(name, change = () => {}) {
      const transform = await sample((written) => {
        written.metadata.name = name;
        written.spec.globals.minio.bucket = bucket;
        written.spec.src.minio.key = `${name}/`;
        written.spec.sink.minio.key = `out/${name}/{{ .SrcName }}.mp4`;
        // as many graphs as objects would only slow the tests down
        delete written.spec.pipeline.debug;
        written.spec.pipeline.elements.find(({ name }: Json) => name === 'x264enc').properties = { 'speed-preset': 'ultrafast' };
        change(written);
      });
      await apply(transform, '-n', namespace);
    },
    condition: async (name, type) => condition(await get('transform', name, '-n', namespace), type),
    upload: (key) => storage.client.fPutObject(bucket, key, film()),
    output: (key, seconds = 240) => eventually(key, seconds, () => storage.client.statObject(bucket, key)),
    async jobs(keys) {
      const all = await items('jobs.pipelines.gst.io', '-n', namespace);
      return keys ? all.filter(({ spec }) => keys.includes(spec.src.name)) : all;
    },
    job: async (key) => (await tenant.jobs([key]))[0],
  };
  return tenant;
}

/** Makes a run over the film last that long, whatever the machine: so its middle can be seen, and a queue grows. */
export function lasting(seconds: number): (transform: Json) => void {
  return ({ spec: { pipeline } }) => {
    const pause = (seconds * 1_000_000) / (clip.seconds * clip.framerate); // µs before each picture
    const encoder = pipeline.elements.findIndex(({ name }: Json) => name === 'x264enc');
    pipeline.elements.splice(encoder, 0, { name: 'identity', properties: { 'sleep-time': Math.round(pause) } });
  };
}

async function createNamespace(namespace: string): Promise<void> {
  await apply(stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }));
  await kubectl(['apply', '-n', namespace, '-f', 'test/fixtures/seed/minio-credentials.yaml']);
}

/** The right for three functions to read the Secret of the namespace. */
async function grant(namespace: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'gst-tenant-'));
  try {
    await cp('knative/components/tenant', join(folder, 'tenant'), { recursive: true });
    const kustomization = {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      namespace,
      components: ['tenant'],
    };
    await writeFile(join(folder, 'kustomization.yaml'), stringify(kustomization));
    await kubectl(['apply', '-k', folder]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const removeNamespace = (namespace: string): Promise<string> =>
  kubectl(['delete', 'namespace', namespace, '--ignore-not-found', '--timeout=300s']);

/** The sample, unchanged but for the address of the storage, and for what the test is about. */
export async function sample(change: (transform: Json) => void = () => {}): Promise<string> {
  const transform: Json = parse(await readFile('test/fixtures/seed/mp4-converter.yaml', 'utf8'));
  transform.spec.globals.minio.endpoint = storageAddress;
  change(transform);
  return stringify(transform);
}
