/** A collector of telemetry inside the cluster; what it was sent is read here, as that of the other tests. */
import { readFile } from 'node:fs/promises';
import { type Collector, startCollector } from '../../support/otlp.ts';
import { read } from './inside.ts';
import { apply, get, type Json, kubectl } from './kubectl.ts';
import { storageNamespace } from './storage.ts';

export interface ClusterCollector extends Pick<Collector, 'spans' | 'close'> {
  /** For pods. */
  address: string;
  /** Reads what has come since. */
  look(): Promise<void>;
}

export async function startClusterCollector(): Promise<ClusterCollector> {
  const { spec } = await get('deployment', 'minio', '-n', storageNamespace);
  const { image } = spec.template.spec.containers.find(({ name }: Json) => name === 'hand');
  const manifest = await readFile('test/e2e/manifests/collector.yaml', 'utf8');
  await apply(manifest.replace('localhost/gst-functions/functions:dev', image));
  await kubectl(['rollout', 'status', '-n', storageNamespace, 'deployment/collector', '--timeout=60s']);
  const address = `http://collector.${storageNamespace}.svc.cluster.local:4318`;
  const { endpoint, spans, close } = await startCollector();
  let seen = 0;
  return {
    address,
    spans,
    async look() {
      const posted = await read(address);
      for (const { path, type, body } of posted.slice(seen)) {
        const answer = await fetch(endpoint + path, {
          method: 'POST',
          headers: { 'content-type': type },
          body: Buffer.from(body, 'base64'),
        });
        if (!answer.ok) throw new Error(`what was posted to ${path} cannot be read: ${answer.status}`);
      }
      seen = posted.length;
    },
    async close() {
      await kubectl(['delete', 'deployment,service', 'collector', '-n', storageNamespace, '--ignore-not-found']);
      await close();
    },
  };
}
