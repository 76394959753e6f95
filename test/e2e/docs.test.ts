/** What pages say to type on a cluster is typed as it stands; what a reader fills in is filled in. */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { makeClip } from '../../cli/demo/clip.ts';
import { type Block, blocksOf, proseOf } from '../support/docs.ts';
import { files, read } from '../unit/house/repository.ts';
import { eventually } from './support/eventually.ts';
import { apply, items, type Json, kubectl, run } from './support/kubectl.ts';
import { connectStorage, type Storage, storageAddress } from './support/storage.ts';
import { removeNamespace } from './support/tenant.ts';

/** As the pages have it. */
const namespace = 'media-team';
const pages = files.filter((path) => path.endsWith('.md'));
const blocks = pages.flatMap((page) => blocksOf(page, read(page)));
const onCluster = blocks.filter(({ language, text }) => language === 'console' && /kubectl|media-team/.test(text));
/** Addresses of MinIO in the YAML of pages. */
const addresses = /127\.0\.0\.1:9000|minio\.default\.svc\.cluster\.local:9000/g;

let folder: string;
let storage: Storage;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gst-e2e-docs-'));
  await cp('knative', join(folder, 'knative'), { recursive: true });
  for (const { language, about, text } of blocks) {
    if (language !== 'yaml' || about === '') continue;
    await mkdir(dirname(join(folder, about)), { recursive: true });
    await writeFile(join(folder, about), text.replaceAll(addresses, storageAddress));
  }
  await removeNamespace(namespace);
  storage = await connectStorage();
  for (const bucket of ['media', 'gst-processing']) await storage.makeBucket(bucket);
  await makeClip(join(folder, 'holiday.mkv'));
});
afterAll(async () => {
  storage?.close();
  await removeNamespace(namespace);
  if (folder) await rm(folder, { recursive: true, force: true });
});

const typed = new Set<Block>();

/** Types the one block of the page that holds `mark`; gives back what it printed. */
async function type(page: string, mark: string, change: (text: string) => string = (text) => text): Promise<string> {
  const found = onCluster.filter((block) => block.page === page && block.text.includes(mark));
  expect(found, `${page}: ${mark}`).toHaveLength(1);
  const [block] = found as [Block];
  typed.add(block);
  const filled = block.text.replace('ACCESS_KEY', 'accesskey').replace('SECRET_KEY', 'secretkey');
  const script = `set -euo pipefail\nPATH=${resolve('bin')}:$PATH\ncd ${folder}\n${change(filled)}`;
  return run('bash', ['-c', script]);
}

const upload = (key: string) => storage.client.fPutObject('media', key, join(folder, 'holiday.mkv'));
const jobsOf = async (name: string): Promise<Json[]> =>
  (await items('jobs.pipelines.gst.io', '-n', namespace)).filter(({ spec }) => spec.pipelineRef.name === name);
/** The one Job of a Transform, at its end. */
const ended = (name: string) =>
  eventually(`a Job of ${name}, at its end`, 240, async () => {
    const [job] = await jobsOf(name);
    return ['Finished', 'Failed'].includes(job?.status?.state) && job;
  });

describe('what pages say to type on a cluster', () => {
  it('would make an installation and take it away, and waits for the one that is there', async () => {
    const dryly = (how: string) => (text: string) => text.replace(/kubectl (create|apply|delete)/g, `$& --dry-run=${how}`);
    expect(await type('docs/operations.md', 'create namespace gst-functions', dryly('client'))).toContain('secret/gst-functions');
    expect(await type('docs/operations.md', 'kubectl wait', dryly('server'))).toContain('transcode condition met');
    expect(await type('docs/operations.md', 'kubectl delete', dryly('server'))).toContain('transforms.pipelines.gst.io');
  });

  it('makes a namespace whose Secret can be read, and a Transform in it that works', async () => {
    await type('docs/operations.md', 'create namespace media-team');
    expect(await type('docs/tutorial.md', 'thumbnail.yaml')).toMatch(/^thumbnail .*Valid/m);
    await upload('films/holiday.mkv');
    expect((await ended('thumbnail')).status).toMatchObject({ state: 'Finished' });
    await storage.client.statObject('media', 'thumbnails/holiday.mkv.jpg');
  });

  it('shows a Transform, its Jobs and their logs, and asks for one again', async () => {
    const { metadata, status } = await ended('thumbnail');
    const named = (text: string) => text.replaceAll('JOB', metadata.name);
    const shown = await type('docs/how-to/debug.md', 'describe transform', named);
    expect(shown).toContain('thumbnails/holiday.mkv.jpg');
    expect(await type('docs/how-to/debug.md', 'retry', named)).toContain(metadata.name);
    // the next sweep takes it up, and the mark away
    await eventually('the Job marked, or run again', 30, async () => {
      const again = await ended('thumbnail');
      return again.metadata.annotations?.['pipelines.gst.io/retry'] !== undefined || again.status.run !== status.run;
    });
  });

  it('takes what the operator has left, and asks for what came meanwhile', async () => {
    const sample = blocks.find(({ page, language }) => page === 'docs/how-to/migrate.md' && language === 'yaml');
    await storage.client.fPutObject('gst-processing', 'drop/holiday.mkv', join(folder, 'holiday.mkv'));
    await apply(String(sample?.text).replaceAll(addresses, storageAddress), '-n', namespace);
    expect(await type('docs/how-to/migrate.md', 'validate')).toMatch(/\d Transforms in 1 file: /);
    expect(await type('docs/how-to/migrate.md', 'backfill')).toContain('mp4-converter');
    expect((await ended('mp4-converter')).status).toMatchObject({ state: 'Finished' });
    await storage.client.statObject('gst-processing', 'mp4/holiday.mp4');
  });

  it('is right within lines too', async () => {
    const { metadata } = await ended('thumbnail');
    const inline = pages.flatMap((page) => [...proseOf(read(page)).matchAll(/`(kubectl [^`]+)`/g)].map(([, text = '']) => text));
    const whole = [...new Set(inline)].filter((text) => !/ (describe|-k|port-forward)$/.test(text));
    expect(whole.length).toBeGreaterThan(8);
    for (const text of whole) {
      const filled = text.replace('TRANSFORM', 'thumbnail').replace('JOB', metadata.name).replace('NAME', 'dispatcher');
      const placed = / (-n|apply) /.test(filled) ? filled : `${filled} -n ${namespace}`;
      // a mark that an earlier block has set may still be there
      const harmless = placed.replace(' apply ', '$&--dry-run=server ').replace(' annotate ', '$&--dry-run=server --overwrite ');
      await run('bash', ['-c', `cd ${folder} && ${harmless}`]);
    }
  });

  it('was all typed', () => {
    expect(onCluster.length).toBeGreaterThan(5);
    expect(onCluster.filter((block) => !typed.has(block)).map(({ page, line }) => `${page}:${line}`)).toEqual([]);
  });
});

describe('manifests of pages', () => {
  it('are Triggers that the cluster takes', async () => {
    const page = blocks.filter((block) => block.page === 'docs/how-to/tell-another-system.md' && block.language === 'yaml');
    for (const { text } of page) expect(await apply(text, '--dry-run=server')).toContain('trigger.eventing.knative.dev/tell-');
  });

  it('are overlays that kustomize builds', async () => {
    const overlays = blocks.filter(({ about }) => about.endsWith('/kustomization.yaml'));
    expect(overlays.length).toBeGreaterThan(3);
    for (const { about } of overlays) expect(await kubectl(['kustomize', join(folder, dirname(about))])).toContain('kind: ');
  });

  it('give the live page an address outside of the cluster, and nothing else', async () => {
    const rendered = await kubectl(['kustomize', join(folder, 'knative/overlays/open')]);
    const services = parseAllDocuments(rendered)
      .map((document) => document.toJS() as Json)
      .filter(({ apiVersion, kind }) => kind === 'Service' && apiVersion.startsWith('serving.'));
    const open = services.filter(({ metadata }) => metadata.labels['networking.knative.dev/visibility'] !== 'cluster-local');
    expect(open.map(({ metadata }) => metadata.name)).toEqual(['dashboard']);
  });
});
