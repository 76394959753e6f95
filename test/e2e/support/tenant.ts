/** A namespace with Transforms, as a team would have it: the sample Secret, and the right for two functions to read it. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { apply, type Json, kubectl } from './kubectl.ts';
import { storageAddress } from './storage.ts';

export async function createTenant(namespace: string): Promise<void> {
  await apply(stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }));
  await kubectl(['apply', '-n', namespace, '-f', 'test/fixtures/seed/minio-credentials.yaml']);
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
