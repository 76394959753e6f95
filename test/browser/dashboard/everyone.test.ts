import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, openPage, widths } from '../../support/browser.ts';
import { secondsAgo, startDashboard, statusOf, type TestDashboard, token, transformYaml } from '../../support/dashboard.ts';

/** Where pictures of every view are put, for people to look at; nowhere unless it is set. */
const screenshots = process.env.SCREENSHOTS;
const markup = '<b>bold</b><img src=x onerror="window.ran=1"><script>window.ran=1</script>.mkv';
const longest = `${'a-folder-with-a-long-name/'.repeat(6)}${'x'.repeat(120)}.mkv`;

let browser: Browser;
let dashboard: TestDashboard;

beforeAll(async () => {
  browser = await launchBrowser();
  dashboard = await startDashboard({ DASHBOARD_TOKEN: token });
  await dashboard.writeTransform('mp4-converter.yaml', transformYaml());
  await dashboard.writeTransform('bad.yaml', transformYaml({ name: 'bad' }).replace('bucket: processed', 'bucket: "<i>x</i>"'));
  await dashboard.writeTransform('worse.yaml', 'a: [1');
  const name = 'a-transform-whose-name-is-as-long-as-it-may-well-become-in-some-team';
  await dashboard.writeTransform('long.yaml', transformYaml({ name }));
  await dashboard.appendLog(
    'running',
    { level: 'info', msg: 'run begins', bucket: 'media', key: `drop/${longest}` },
    { level: 'warn', msg: 'pipeline warning', gst: markup },
    { level: 'error', msg: 'run failed', err: { code: 'ELEMENT_FAILED', message: 'x'.repeat(300) } },
  );
  await dashboard.writeJob({ name: 'running', key: 'drop/concert.mov', status: statusOf.running(42) });
  await dashboard.writeJob({ name: 'long', key: `drop/${longest}`, status: statusOf.running(7, { progress: { position: 3 } }) });
  for (let n = 0; n < 30; n++) {
    await dashboard.writeJob({
      name: `done-${n}`,
      key: `drop/clip-${n}.mkv`,
      created: secondsAgo(4000),
      status: statusOf.finished(n * 100 + 60),
    });
  }
  const error = { code: 'ELEMENT_FAILED', class: 'permanent', message: `${markup} failed`, remedy: markup, element: markup };
  const history = [
    { run: '01KB0000000000000000000001', state: 'Failed' as const, error: { code: 'ELEMENT_FAILED', message: markup } },
  ];
  await dashboard.writeJob({
    name: 'failed',
    key: `drop/${markup}`,
    status: statusOf.failed('ELEMENT_FAILED', 9, { error, history }),
  });
  const nextRequestTime = new Date(Date.now() + 60_000).toISOString();
  await dashboard.writeJob({
    name: 'waiting',
    status: { state: 'Pending', runs: 2, nextRequestTime, startTime: secondsAgo(90) },
  });
  await dashboard.writeJob({ name: 'skipped', status: statusOf.finished(70, { reason: 'superseded' }) });
});
afterAll(async () => {
  await browser.close();
  await dashboard.close();
});

const views: Array<[name: string, hash: string, shown: string]> = [
  ['overview', '#/', '#recent .job'],
  ['jobs', '#/jobs', '#jobs-list .job'],
  ['transforms', '#/transforms', '.transform-card'],
  ['failed-job', '#/jobs/default/failed', '#job .timeline'],
  ['running-job', '#/jobs/default/running', '.log li'],
];
const looks: Array<[name: string, options: BrowserContextOptions]> = [
  ['desktop-light', { ...widths.desktop, colorScheme: 'light' }],
  ['desktop-dark', { ...widths.desktop, colorScheme: 'dark' }],
  ['phone-light', { ...widths.phone, colorScheme: 'light' }],
  ['phone-dark', { ...widths.phone, colorScheme: 'dark' }],
];

interface Violation {
  id: string;
  impact: string;
  nodes: Array<{ html: string; failureSummary: string }>;
}

async function faultsOf(page: Page): Promise<string[]> {
  const found = (await page.evaluate(`axe.run(document, { resultTypes: ['violations'] })`)) as { violations: Violation[] };
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical' || impact === 'moderate')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`));
}

describe('the page is for everyone', () => {
  it.each(looks)('on %s: axe finds no fault in any view, and nothing is wider than the screen', async (look, options) => {
    const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    const { page, complaints, close } = await openPage(browser, dashboard.url, options);
    await page.evaluate(axe);
    for (const [view, hash, shown] of views) {
      await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
      await page.locator(shown).first().waitFor();
      if (view === 'transforms') await page.getByText('Pipeline', { exact: true }).first().click();
      expect({ view, faults: await faultsOf(page) }).toEqual({ view, faults: [] });
      // a phone shows a page that is too wide smaller, so its innerWidth tells nothing
      const wide = Number(await page.evaluate('document.documentElement.scrollWidth'));
      expect({ view, over: Math.max(0, wide - (page.viewportSize()?.width ?? 0)) }).toEqual({ view, over: 0 });
      if (screenshots) {
        await mkdir(screenshots, { recursive: true });
        await page.screenshot({ path: join(screenshots, `${look}-${view}.png`), fullPage: true });
      }
    }
    await page.getByRole('button', { name: 'Sign in' }).click();
    expect(await faultsOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  });

  it('has eyes for faults: a button without a name is found', async () => {
    const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    const { page, close } = await openPage(browser, dashboard.url);
    await page.evaluate(axe);
    await page.evaluate(`document.querySelector('main').append(document.createElement('button'))`);
    expect(await faultsOf(page)).toEqual([expect.stringContaining('button-name')]);
    await close();
  });

  it('shows text full of markup as text, in every view', async () => {
    const { page, complaints, close } = await openPage(browser, dashboard.url);
    for (const [view, hash, shown] of views) {
      await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
      await page.locator(shown).first().waitFor();
      const marked = page.locator('.view:not([hidden])').getByText(view === 'transforms' ? '<i>x</i>' : '<b>bold</b>');
      await marked.first().waitFor();
      expect([view, await page.locator('main b, main i, main script, main img[src=x]').count()]).toEqual([view, 0]);
    }
    expect(await page.evaluate('window.ran')).toBeUndefined();
    expect(complaints).toEqual([]);
    await close();
  });

  it('is used by the keyboard alone: the content is one key away, a job opens, and the focus follows', async () => {
    const { page, close } = await openPage(browser, dashboard.url);
    await page.locator('#recent .job').first().waitFor();
    const focused = () => page.evaluate('document.activeElement.textContent.trim()');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await focused()).toMatch(/In progress$/);
    await page.getByRole('link', { name: 'drop/clip-0.mkv' }).focus();
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    expect(outline).toBe('solid');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'clip-0.mkv' }).waitFor();
    await expect.poll(focused).toBe('clip-0.mkv');
    expect(await page.title()).toBe('clip-0.mkv · gst-functions');
    await page.goBack();
    await expect.poll(focused).toBe('Overview');
    await close();
  });
});
