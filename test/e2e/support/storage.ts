/** The MinIO of the tests, inside the cluster, and a client for it outside. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'minio';
import { decode } from '../../../cli/demo/verify.ts';
import { collect } from '../../support/collect.ts';
import { eventually } from './eventually.ts';
import { apply, items, type Json, kubectl } from './kubectl.ts';

export const storageNamespace = 'gst-e2e-storage';
/** As pods reach it, and as Transforms name it. */
export const storageAddress = `minio.${storageNamespace}.svc.cluster.local:9000`;

/** Those of the sample Secret. */
const credentials = { accessKey: 'accesskey', secretKey: 'secretkey' };

export interface Storage {
  client: Client;
  /** A bucket that keeps versions, so that outputs made twice can be counted; it may be there already. */
  makeBucket(bucket: string): Promise<void>;
  /** Versions of every object under the prefix, by key; marks of deletion are none. */
  versions(bucket: string, prefix: string): Promise<Map<string, number>>;
  /** Downloads the object and decodes all of it. */
  decode(bucket: string, key: string): ReturnType<typeof decode>;
  close(): void;
}

/** Its data need not be kept, so nothing has to end well. */
export async function removeStorage(): Promise<void> {
  await kubectl(['delete', 'pods', '--all', '--force', '--grace-period=0', '-n', storageNamespace], { mayFail: true });
  await kubectl(['delete', 'namespace', storageNamespace, '--ignore-not-found', '--timeout=120s']);
}

/** Empty, whatever an earlier run has left. */
export async function startStorage(tag: string): Promise<void> {
  await removeStorage();
  const manifest = await readFile('test/e2e/manifests/minio.yaml', 'utf8');
  await apply(manifest.replace('functions:dev', `functions:${tag}`));
  await kubectl(['rollout', 'status', '-n', storageNamespace, 'deployment/minio', '--timeout=120s']);
}

/** Ends MinIO as a crash does, and waits until it is there again, with its data: connections of before are cut. */
export async function crashStorage(): Promise<void> {
  const restarts = async () => {
    const [pod] = await items('pods', '-n', storageNamespace);
    const { restartCount, ready } = pod.status.containerStatuses.find(({ name }: Json) => name === 'minio');
    return { restartCount, ready };
  };
  const before = (await restarts()).restartCount;
  const kill = `for (const pid of fs.readdirSync('/proc').filter(Number))
    if (fs.readFileSync('/proc/' + pid + '/comm', 'utf8').trim() === 'minio') process.kill(pid, 'SIGKILL')`;
  await kubectl(['exec', '-n', storageNamespace, 'deployment/minio', '-c', 'hand', '--', 'node', '-e', kill]);
  await eventually('MinIO again', 120, async () => {
    const { restartCount, ready } = await restarts();
    return restartCount > before && ready;
  });
}

export async function connectStorage(): Promise<Storage> {
  const tunnel = spawn('kubectl', ['port-forward', '-n', storageNamespace, 'service/minio', ':9000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface(tunnel.stdout);
  const [line] = await Promise.race([once(lines, 'line'), once(tunnel, 'exit').then(() => [''])]);
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(String(line))?.[1]);
  if (!port) throw new Error(`kubectl port-forward said: ${line}`);
  const client = new Client({ endPoint: '127.0.0.1', port, useSSL: false, region: 'us-east-1', ...credentials });
  return {
    client,
    async makeBucket(bucket) {
      if (!(await client.bucketExists(bucket))) await client.makeBucket(bucket);
      await client.setBucketVersioning(bucket, { Status: 'Enabled' });
    },
    async versions(bucket, prefix) {
      const found = await collect<{ name: string; isDeleteMarker?: boolean }>(
        client.listObjects(bucket, prefix, true, { IncludeVersion: true }) as never,
      );
      const counts = new Map<string, number>();
      for (const { name, isDeleteMarker } of found) if (!isDeleteMarker) counts.set(name, (counts.get(name) ?? 0) + 1);
      return counts;
    },
    async decode(bucket, key) {
      const folder = await mkdtemp(join(tmpdir(), 'gst-e2e-'));
      try {
        await client.fGetObject(bucket, key, join(folder, 'output'));
        return await decode(join(folder, 'output'));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    close: () => void tunnel.kill(),
  };
}
