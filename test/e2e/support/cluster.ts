/** The cluster that KUBECONFIG names, and how images get into it. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { kubectl, run } from './kubectl.ts';

/** Folder with `load-image`, which copies images from the local store into the cluster. */
const tools = resolve(process.env.CLUSTER_TOOLS ?? '../shared/cluster');

export async function requireCluster(): Promise<void> {
  const told = await kubectl(['--request-timeout=10s', 'get', '--raw', '/readyz'], { mayFail: true }).catch(String);
  if (told.trim() !== 'ok') {
    throw new Error(`no cluster answers: set KUBECONFIG to one with Knative Serving and Eventing (kubectl said: ${told.trim()})`);
  }
  const kinds = await kubectl(['api-resources', '--no-headers', '-o', 'name'], { mayFail: true });
  const missing = ['services.serving.knative.dev', 'triggers.eventing.knative.dev'].filter((kind) => !kinds.includes(kind));
  if (missing.length > 0) throw new Error(`the cluster has no Knative: it knows no ${missing.join(' and no ')}`);
}

/** What an image is made of decides its tag, so that nothing is built twice and no old image is taken for a new one. */
export async function imageTag(): Promise<string> {
  const hash = createHash('sha256');
  const files = ['Containerfile', 'package.json', 'package-lock.json', '{cli,functions,lib,scripts}/**/*'];
  for await (const entry of glob(files, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = `${entry.parentPath}/${entry.name}`;
    hash.update(path).update(await readFile(path));
  }
  return `e2e-${hash.digest('hex').slice(0, 12)}`;
}

/**
 * Builds both images and brings them into the cluster. E2E_IMAGE_TAG names images that are there already.
 *
 * @returns their tag
 */
export async function provideImages(): Promise<string> {
  if (process.env.E2E_IMAGE_TAG) return process.env.E2E_IMAGE_TAG;
  const tag = await imageTag();
  const images = (await run('scripts/image.sh', [tag])).trim().split('\n');
  const load = `${tools}/load-image`;
  if (!existsSync(load)) {
    throw new Error(`images are built, but ${load} is not there: set CLUSTER_TOOLS, or load them and set E2E_IMAGE_TAG=${tag}`);
  }
  await run(load, images);
  return tag;
}
