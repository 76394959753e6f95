import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openPage, type WatchedPage } from '../../support/browser.ts';
import { type DevBench, startDevBench } from '../../support/dev.ts';
import { until } from '../../support/until.ts';

/** In milliseconds: real processes on a machine that may have much to do. */
const patience = 60_000;

/** @param slowly an element that takes its time */
const transform = (name: string, prefix: string, slowly = '{ name: identity }') => `apiVersion: pipelines.gst.io/v1
kind: Transform
metadata:
  name: ${name}
spec:
  globals:
    minio: { endpoint: "127.0.0.1:9000", insecureNoTLS: true, bucket: media, credentialsSecret: { name: minio } }
  src:
    minio: { key: ${prefix} }
  sink:
    minio: { key: "${name}/{{ .SrcKey }}.webm" }
  pipeline:
    debug: { dot: { path: debug/ } }
    elements:
      - { name: decodebin }
      - ${slowly}
      - { name: videoconvert }
      - { name: vp8enc, properties: { deadline: 1 } }
      - { name: webmmux }
`;

async function makeClip(folder: string, seconds: number): Promise<string> {
  const clip = join(folder, `clip-${seconds}.mkv`);
  const source = ['-f', 'lavfi', '-i', `testsrc=size=320x240:rate=25:duration=${seconds}`];
  await promisify(execFile)('ffmpeg', ['-v', 'error', ...source, '-c:v', 'libvpx', '-deadline', 'realtime', clip]);
  return clip;
}

let browser: Browser;
let bench: DevBench;
let opened: WatchedPage;
let page: Page;

beforeAll(async () => {
  [browser, bench] = await Promise.all([
    launchBrowser(),
    startDevBench([{ name: 'webm', bucket: 'media', prefix: 'drop/', sink: { key: 'x' }, elements: [{ name: 'identity' }] }]),
  ]);
  await writeFile(join(bench.transforms, 'webm.yaml'), transform('webm', 'drop/'));
  opened = await openPage(browser, bench.dev.dashboardUrl);
  page = opened.page;
  page.setDefaultTimeout(patience);
});
afterAll(async () => {
  await browser.close();
  await bench?.close();
});

describe('the page of gst-functions dev', () => {
  it(
    'shows an upload become a job and finish, without a reload, and plays what came out',
    async () => {
      await page.evaluate('window.loadedOnce = true');
      await page.getByRole('link', { name: 'Transforms' }).click();
      await page.locator('.transform-card', { hasText: 'webm/{{ .SrcKey }}.webm' }).getByText('Ready').waitFor();
      await page.getByRole('link', { name: 'Overview' }).click();
      await bench.client.fPutObject('media', 'drop/clip.mkv', await makeClip(bench.folder, 2));
      await page.locator('#recent .job', { hasText: 'clip.mkv' }).getByText('Finished').waitFor();
      await page.getByRole('link', { name: 'drop/clip.mkv' }).click();
      await page.getByRole('button', { name: 'Show them here' }).click();
      const video = page.getByLabel('Output: webm/drop/clip.mkv.webm');
      await expect.poll(() => video.evaluate(({ videoWidth }: { videoWidth?: number }) => videoWidth)).toBe(320);
      expect(await page.locator('#job .timeline').textContent()).toContain('Finished');
      expect(await page.evaluate('window.loadedOnce')).toBe(true);
      expect(opened.complaints).toEqual([]);
    },
    2 * patience,
  );

  it(
    'shows why a job failed, with its graph, and asks for it again',
    async () => {
      await page.getByRole('link', { name: 'Overview' }).click();
      await bench.client.putObject('media', 'drop/noise.mkv', Buffer.from('this is no media at all '.repeat(500)));
      const failure = page.locator('article.failure');
      await failure.getByText('MEDIA_UNRECOGNISED').or(failure.getByText('MEDIA_UNSUPPORTED')).waitFor();
      expect(await failure.textContent()).toMatch(/Remedy: /);
      await page.getByRole('link', { name: 'drop/noise.mkv' }).first().click();
      const graph = page.getByAltText('Graph of the pipeline of drop/noise.mkv at that moment');
      await expect
        .poll(() => graph.evaluate(({ naturalWidth }: { naturalWidth?: number }) => naturalWidth), { timeout: patience })
        .toBeGreaterThan(50);
      expect(await page.locator('#job .timeline > li').count()).toBe(1);
      await page.getByRole('button', { name: 'Retry' }).click();
      await page.locator('#job .timeline > li').nth(1).waitFor();
      await page.locator('#job .job-head').getByText('Failed').waitFor();
      expect(opened.complaints).toEqual([]);
    },
    2 * patience,
  );

  it(
    'shows the log of a job that runs, and cancels it, without a reload',
    async () => {
      await page.evaluate('window.loadedOnce = true');
      await page.getByRole('link', { name: 'Transforms' }).click();
      // 250 frames, each of which takes 200 ms: the run lasts until it is stopped
      const slowly = '{ name: identity, properties: { sleep-time: 200000 } }';
      await writeFile(join(bench.transforms, 'slow.yaml'), transform('slow', 'slow/', slowly));
      await page.locator('.transform-card', { hasText: 'slow/{{ .SrcKey }}.webm' }).getByText('Ready').waitFor();
      await page.getByRole('link', { name: 'Overview' }).click();
      const clip = await makeClip(bench.folder, 10);
      await until(async () => {
        // MinIO is told of the new prefix a moment later
        await bench.client.fPutObject('media', 'slow/clip.mkv', clip);
        return page
          .locator('#running .card', { hasText: 'slow/clip.mkv' })
          .waitFor({ timeout: 10_000 })
          .then(
            () => true,
            () => false,
          );
      }, patience);
      await page.getByRole('link', { name: 'slow/clip.mkv' }).click();
      const log = page.getByRole('log', { name: 'Log' });
      await log.getByText('transcode requested').waitFor();
      await log.getByText('run begins').waitFor();
      await page.getByRole('button', { name: 'Cancel', exact: true }).click();
      await page.locator('#job .job-head').getByText('Cancelled').waitFor();
      await log.getByText('cancelled from the page').waitFor();
      await log.getByText('run skipped reason=cancelled').waitFor();
      expect(await page.locator('#job .timeline').textContent()).toMatch(/^Cancelled/);
      expect(await page.locator('#job progress').count()).toBe(0);
      expect(await page.evaluate('window.loadedOnce')).toBe(true);
      await expect(bench.client.statObject('media', 'slow/slow/clip.mkv.webm')).rejects.toThrow();
      expect(opened.complaints).toEqual([]);
    },
    3 * patience,
  );
});
