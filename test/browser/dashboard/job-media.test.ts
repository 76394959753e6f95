import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { renderDot } from '../../../lib/graph/render.ts';
import { statusOf, token } from '../../support/dashboard.ts';
import { type JobPages, signIn, startJobPages } from '../../support/job-pages.ts';

let pages: JobPages;
const spec = { sinks: [{ name: 'webm/a & b.webm', streamType: 'all', contentType: 'video/webm', size: 1, etag: 'x' }] };
const good = { name: 'good', key: 'drop/a & b.png', status: statusOf.finished(), spec };

beforeAll(async () => {
  pages = await startJobPages();
  const folder = await mkdtemp(join(tmpdir(), 'media-'));
  try {
    const clip = join(folder, 'clip.webm');
    const source = ['-f', 'lavfi', '-i', 'testsrc=size=160x120:rate=10:duration=1'];
    await promisify(execFile)('ffmpeg', ['-v', 'error', ...source, '-c:v', 'libvpx', clip]);
    await pages.minio.client.putObject('processed', 'webm/a & b.webm', await readFile(clip));
  } finally {
    await rm(folder, { recursive: true });
  }
  const png = Buffer.from(await renderDot('digraph { a }', 'png'));
  await pages.minio.client.putObject('media', 'drop/a & b.png', png);
});
afterEach(() => pages.leave());
afterAll(() => pages?.close());

const isPlayed = (page: Page) =>
  expect.poll(() => page.locator('video').evaluate(({ videoWidth }: { videoWidth?: number }) => videoWidth)).toBe(160);

describe('inputs and outputs', () => {
  it('are seen and played in the page, from addresses that were made when they were asked for', async () => {
    const dashboard = await pages.start({ DASHBOARD_OUTPUTS: 'anyone' });
    await dashboard.writeJob(good);
    const { page, complaints } = await pages.openJob('good');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.getByRole('button', { name: 'Show them here' }).click();
    await isPlayed(page);
    const image = page.getByAltText('Input: drop/a & b.png');
    await expect.poll(() => image.evaluate(({ naturalWidth }: { naturalWidth?: number }) => naturalWidth)).toBeGreaterThan(10);
    const processed = `http://${pages.minio.endpoint}/processed/`;
    expect(asked.some((url) => url.startsWith(processed) && url.includes('X-Amz-Expires='))).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('are seen also where their storage came after the page, which may load nothing from it until it is opened anew', async () => {
    const dashboard = await pages.startWithoutTransform({ DASHBOARD_OUTPUTS: 'anyone' });
    await dashboard.writeJob(good);
    const { page, complaints } = await pages.openJob('good');
    await page.getByRole('button', { name: 'Show them here' }).waitFor();
    await pages.writeTransform();
    await page.getByRole('button', { name: 'Show them here' }).click();
    await isPlayed(page);
    expect(complaints.join()).toMatch(/Content Security Policy/);
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });

  it('stay closed to whoever has not signed in, unless the setting says otherwise', async () => {
    const dashboard = await pages.start();
    await dashboard.writeJob({ name: 'good', status: statusOf.finished() });
    const { page } = await pages.openJob('good');
    await page.getByText('Sign in to see and play them here.').waitFor();
    expect(await page.evaluate(`fetch('api/jobs/default/good/media').then(({ status }) => status)`)).toBe(401);
    await signIn(page, token);
    await page.getByRole('button', { name: 'Show them here' }).waitFor();
  });

  it('are not promised to whoever signs in where there are no credentials for the storage', async () => {
    const dashboard = await pages.start({ MINIO_ACCESS_KEY: undefined, MINIO_SECRET_KEY: undefined });
    await dashboard.writeJob({ name: 'good', status: statusOf.finished() });
    const { page } = await pages.openJob('good');
    await signIn(page, token);
    await page.getByText('They cannot be shown here.').waitFor();
  });
});
