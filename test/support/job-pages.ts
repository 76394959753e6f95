/** Pages of jobs in a real browser, from a dashboard with MinIO and a Broker. */
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { type BrokerSink, startBrokerSink } from './broker-sink.ts';
import { launchBrowser, openPage, type WatchedPage } from './browser.ts';
import { startDashboard, type TestDashboard, token, transformYaml } from './dashboard.ts';
import { type MinioServer, startMinio } from './minio.ts';

export const eventKey = 'a key for tests';

export interface JobPages {
  minio: MinioServer;
  broker: BrokerSink;
  /** A dashboard with a Transform: pages that are opened then may load media of its storage. */
  start(env?: NodeJS.ProcessEnv): Promise<TestDashboard>;
  startWithoutTransform(env?: NodeJS.ProcessEnv): Promise<TestDashboard>;
  writeTransform(): Promise<void>;
  open(hash: string): Promise<WatchedPage>;
  /** Once the dashboard has read its record: a page that comes before complains that there is no such job. */
  openJob(name: string): Promise<WatchedPage>;
  /** Ends the dashboard and the page of one test. */
  leave(): Promise<void>;
  close(): Promise<void>;
}

export async function startJobPages(): Promise<JobPages> {
  const [browser, minio, broker] = await Promise.all([
    launchBrowser(),
    startMinio({ buckets: ['media', 'processed'] }),
    startBrokerSink(),
  ]);
  let dashboard: TestDashboard | undefined;
  let opened: WatchedPage | undefined;

  const running = () => {
    if (!dashboard) throw new Error('no dashboard was started');
    return dashboard;
  };

  const pages: JobPages = {
    minio,
    broker,
    async start(env) {
      const started = await pages.startWithoutTransform(env);
      await pages.writeTransform();
      return started;
    },
    async startWithoutTransform(env = {}) {
      dashboard = await startDashboard({
        MINIO_ACCESS_KEY: minio.accessKey,
        MINIO_SECRET_KEY: minio.secretKey,
        DASHBOARD_TOKEN: token,
        EVENT_KEY: eventKey,
        K_SINK: broker.url,
        ...env,
      });
      return dashboard;
    },
    async writeTransform() {
      await running().writeTransform('mp4-converter.yaml', transformYaml({ endpoint: minio.endpoint, debug: true }));
      await expect.poll(async () => (await running().fetch('api/transforms')).text()).toContain('mp4-converter');
    },
    async open(hash) {
      opened = await openPage(browser, running().url + hash);
      return opened;
    },
    async openJob(name) {
      await expect.poll(async () => (await running().fetch(`api/jobs/default/${name}`)).status).toBe(200);
      return pages.open(`#/jobs/default/${name}`);
    },
    async leave() {
      await opened?.close();
      await dashboard?.close();
      opened = dashboard = undefined;
    },
    async close() {
      await Promise.all([browser.close(), minio.stop(), broker.close()]);
    },
  };
  return pages;
}

export async function signIn(page: Page, given: string): Promise<void> {
  if (!(await page.getByRole('dialog').isVisible())) await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Token').fill(given);
  await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click();
}
