import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openPage, type WatchedPage } from '../../support/browser.ts';
import { type DevBench, startDevBench } from '../../support/dev.ts';

/** In milliseconds: real processes on a machine that may have much to do. */
const patience = 60_000;

const transform = `apiVersion: pipelines.gst.io/v1
kind: Transform
metadata:
  name: webm
spec:
  globals:
    minio: { endpoint: "127.0.0.1:9000", insecureNoTLS: true, bucket: media, credentialsSecret: { name: minio } }
  src:
    minio: { key: drop/ }
  sink:
    minio: { key: "webm/{{ .SrcKey }}.webm" }
  pipeline:
    debug: { dot: { path: debug/ } }
    elements:
      - { name: decodebin }
      - { name: videoconvert }
      - { name: vp8enc, properties: { deadline: 1 } }
      - { name: webmmux }
`;

let browser: Browser;
let bench: DevBench;
let opened: WatchedPage;
let page: Page;

beforeAll(async () => {
  [browser, bench] = await Promise.all([
    launchBrowser(),
    startDevBench([{ name: 'webm', bucket: 'media', prefix: 'drop/', sink: { key: 'x' }, elements: [{ name: 'identity' }] }]),
  ]);
  await writeFile(join(bench.transforms, 'webm.yaml'), transform);
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
      const clip = join(bench.folder, 'clip.mkv');
      const source = ['-f', 'lavfi', '-i', 'testsrc=size=320x240:rate=25:duration=2'];
      await promisify(execFile)('ffmpeg', ['-v', 'error', ...source, '-c:v', 'libvpx', '-deadline', 'realtime', clip]);
      await bench.client.fPutObject('media', 'drop/clip.mkv', clip);
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
});
