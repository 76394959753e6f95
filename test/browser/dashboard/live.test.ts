import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser, openPage, type WatchedPage } from '../../support/browser.ts';
import { secondsAgo, startDashboard, statusOf, type TestDashboard, token, transformYaml } from '../../support/dashboard.ts';

let browser: Browser;
let dashboard: TestDashboard;
let opened: WatchedPage;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  dashboard = await startDashboard({ DASHBOARD_TOKEN: token });
  await dashboard.writeTransform('mp4-converter.yaml', transformYaml());
});
afterEach(async () => {
  await opened?.close();
  await dashboard.close();
  expect(opened?.complaints).toEqual([]);
});
async function open(hash = '') {
  opened = await openPage(browser, dashboard.url + hash);
  page = opened.page;
}
const text = (selector: string) => page.locator(selector).textContent();

/** Runs in the page: counts the nodes that come and go. */
const countChanges = `
  window.nodesChanged = 0;
  new MutationObserver((records) => {
    for (const { addedNodes, removedNodes } of records) window.nodesChanged += addedNodes.length + removedNodes.length;
  }).observe(document.body, { childList: true, subtree: true });
`;

describe('the live page', () => {
  it('shows a job that appears, moves and finishes, without a reload, and tells a screen reader of its end', async () => {
    await open();
    await page.evaluate('window.loadedOnce = true');
    await page.getByText('Nothing is running.').waitFor();
    const job = { name: 'holiday', key: 'drop/holiday.mkv' };
    await dashboard.writeJob({ ...job, status: statusOf.running(12.3) });
    await page.locator('#running .card', { hasText: 'holiday.mkv' }).waitFor();
    expect(await text('#running .card')).toMatch(/12 %[\s\S]*2\.4× speed[\s\S]*about 3 min 40 s left/);
    await dashboard.writeJob({ ...job, status: statusOf.running(80) });
    await expect.poll(() => text('#running .done')).toBe('80 %');
    expect(await page.locator('#running progress').getAttribute('value')).toBe('80');
    await dashboard.writeJob({ ...job, status: statusOf.finished(1) });
    await page.locator('#recent .job', { hasText: 'holiday.mkv' }).getByText('Finished').waitFor();
    expect(await page.locator('#running .card').count()).toBe(0);
    await expect.poll(() => page.locator('#announcements').textContent(), { timeout: 10_000 }).toBe('holiday.mkv: finished');
    expect(await page.locator('#throughput svg').getAttribute('aria-label')).toBe('1 job finished and 0 failed in the last hour');
    await dashboard.removeJob('holiday');
    await page.getByText('No job has come yet.').waitFor();
    expect(await page.evaluate('window.loadedOnce')).toBe(true);
  });

  it('shows a Transform that comes, and each of its faults when it breaks, with the line', async () => {
    await open('#/transforms');
    const card = page.locator('.transform-card', { hasText: 'thumbnail' });
    await dashboard.writeTransform('thumbnail.yaml', transformYaml({ name: 'thumbnail' }));
    await card.getByText('Ready').waitFor();
    await card.getByText('Pipeline').click();
    const picture = card.getByAltText('Pipeline of thumbnail');
    await expect.poll(() => picture.evaluate(({ naturalWidth }: { naturalWidth?: number }) => naturalWidth)).toBeGreaterThan(100);
    await dashboard.writeTransform(
      'thumbnail.yaml',
      transformYaml({ name: 'thumbnail' }).replace('bucket: processed', 'bucket: ""'),
    );
    await card.getByText('Invalid: 1 fault').waitFor();
    expect(await card.textContent()).toContain('thumbnail.yaml:11 spec.sink.minio.bucket');
  });

  it('goes on by itself when the server was away, and shows what happened meanwhile', async () => {
    await dashboard.writeJob({ name: 'a', status: statusOf.running(5) });
    await open();
    await page.locator('#running .card').waitFor();
    await dashboard.stop();
    await page.getByText('Reconnecting').waitFor();
    await dashboard.writeJob({ name: 'a', status: statusOf.finished(1) });
    await dashboard.start();
    await page.locator('#recent .job').getByText('Finished').waitFor();
    expect(await text('#connection')).toBe('Live');
    // that nobody answered is told on the console, and is no fault of the page
    opened.complaints.splice(0);
  });

  it('comes up by itself where the network broke off what it is made of, and keeps who is signed in', async () => {
    await dashboard.writeJob({ name: 'a', status: statusOf.running(5) });
    await open(`#token=${encodeURIComponent(token)}`);
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    const broken = { '**/page/dom.js': 1, '**/page/main.js': 1, '**/api/me': 4 };
    for (const [address, times] of Object.entries(broken)) {
      await page.route(address, (route) => route.abort('internetdisconnected'), { times });
    }
    await page.reload();
    await page.locator('#running .card').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    expect(await page.evaluate('Object.keys(sessionStorage)')).toEqual(['dashboard-token']);
    expect(opened.complaints.splice(0).filter((told) => !told.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([]);
  });

  it('keeps 500 jobs smooth: few lines are drawn, a change touches its own line alone, and all can be searched', async () => {
    const jobs = Array.from({ length: 500 }, (_, n) => ({
      name: `job-${n}`,
      key: `drop/clip-${n}.mkv`,
      created: secondsAgo(3600),
      status: n % 10 === 0 ? statusOf.failed('MEDIA_CORRUPT', 60 + n) : statusOf.finished(60 + n),
    }));
    await Promise.all(jobs.map(dashboard.writeJob));
    await dashboard.writeJob({ name: 'busy', key: 'drop/busy.mkv', status: statusOf.running(1) });
    await open('#/jobs');
    await expect.poll(() => text('#jobs-count')).toBe('501 jobs; 60 are shown');
    expect(await page.locator('#jobs-list > li').count()).toBe(60);
    expect(await page.evaluate(`document.querySelectorAll('*').length`)).toBeLessThan(1000);

    await page.evaluate(countChanges);
    for (let percent = 10; percent <= 50; percent += 10) {
      await dashboard.writeJob({ name: 'busy', key: 'drop/busy.mkv', status: statusOf.running(percent) });
      await page.locator('.job', { hasText: 'busy.mkv' }).getByText(`${percent} %`).waitFor();
    }
    const changes = await page.evaluate('window.nodesChanged');
    expect(changes).toBeGreaterThan(0);
    expect(changes).toBeLessThan(50);

    await page.getByLabel('Search').fill('clip-49');
    await expect.poll(() => text('#jobs-count')).toBe('11 jobs');
    await page.getByLabel('Outcome').selectOption('Failed');
    await expect.poll(() => text('#jobs-count')).toBe('1 job');
    expect(new URL(page.url()).hash).toBe('#/jobs?q=clip-49&state=Failed');
    await page.getByLabel('Search').fill('');
    await page.getByLabel('Outcome').selectOption('');
    await page.getByRole('button', { name: 'Show more' }).click();
    expect(await page.locator('#jobs-list > li').count()).toBe(120);
  });
});
