import { CloudEvent } from 'cloudevents';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readRequested } from '../../../lib/events/index.ts';
import { fileCancellations } from '../../../lib/jobs/cancel.ts';
import { statusOf, token } from '../../support/dashboard.ts';
import { eventKey, type JobPages, signIn, startJobPages } from '../../support/job-pages.ts';

/** Of the moment at which the job `broken` failed. */
const dot = 'digraph pipeline { decodebin -> x264enc [label="not negotiated"] }';
let pages: JobPages;

beforeAll(async () => {
  pages = await startJobPages();
  const metadata = { 'x-amz-meta-gst-job': 'broken' };
  await pages.minio.client.putObject('media', 'debug/broken.mkv_debug/pipeline.dot', dot, dot.length, metadata);
});
afterEach(() => pages.leave());
afterAll(() => pages?.close());

describe('a failed job', () => {
  it('shows its cause, its remedy and the graph of the moment, among the failures and on a page of its own', async () => {
    const dashboard = await pages.start();
    const history = [
      {
        run: '01KB0000000000000000000001',
        state: 'Retrying' as const,
        error: { code: 'STORAGE_READ', message: 'It broke off.' },
      },
      {
        run: '01KB0000000000000000000002',
        state: 'Failed' as const,
        error: { code: 'CAPS_NOT_NEGOTIATED', message: 'No format.' },
      },
    ];
    const media = { input: { container: 'matroska', streams: [{ kind: 'video', codec: 'h264', width: 640, height: 360 }] } };
    const status = statusOf.failed('CAPS_NOT_NEGOTIATED', 5, { history, media, traceId: 'ab'.repeat(16) });
    await dashboard.writeJob({ name: 'broken', status });
    await dashboard.writeJob({ name: 'other', status: statusOf.failed('CAPS_NOT_NEGOTIATED', 50) });

    const { page, complaints } = await pages.open('#/');
    const group = page.locator('article.failure');
    await group.getByText('2 jobs').waitFor();
    expect(await group.textContent()).toMatch(/CAPS_NOT_NEGOTIATED[\s\S]*share no format[\s\S]*Remedy: Put a converter/);
    await group.getByText('Jobs and graph').click();
    const graph = group.getByAltText('Graph of the pipeline of drop/broken.mkv at that moment');
    await expect.poll(() => graph.evaluate(({ naturalWidth }: { naturalWidth?: number }) => naturalWidth)).toBeGreaterThan(50);

    await group.getByRole('link', { name: 'drop/broken.mkv', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: 'broken.mkv' }).waitFor();
    const own = page.locator('#job');
    await own.getByAltText('Graph of the pipeline of drop/broken.mkv at that moment').waitFor();
    const shown = await own.textContent();
    expect(shown).toMatch(/Failed[\s\S]*CAPS_NOT_NEGOTIATED[\s\S]*x264enc0[\s\S]*Remedy: Put a converter/);
    expect(shown).toMatch(/Runs[\s\S]*CAPS_NOT_NEGOTIATED: No format\.[\s\S]*Broke off[\s\S]*STORAGE_READ: It broke off\./);
    expect(shown).toContain('video: h264, 640 × 360');
    expect(shown).toContain('ab'.repeat(16));
    expect(complaints).toEqual([]);
  });

  it('is read-only without the token: no button, and no way around it', async () => {
    const dashboard = await pages.start();
    await dashboard.writeJob({ name: 'broken', status: statusOf.failed() });
    const { page } = await pages.openJob('broken');
    await page.getByText('Sign in to ask for it again.').waitFor();
    expect(await page.getByRole('button', { name: 'Retry' }).count()).toBe(0);
    await signIn(page, 'a guess');
    await page.getByRole('alert').getByText('The token of the dashboard is missing or wrong.').waitFor();
    expect(await page.getByRole('button', { name: 'Retry' }).count()).toBe(0);
    const answer = await page.evaluate(`fetch('api/jobs/default/broken/retry', { method: 'POST' }).then(({ status }) => status)`);
    expect(answer).toBe(401);
    expect(pages.broker.events).toEqual([]);
  });

  it('is asked for again by whoever gave the token, which is forgotten on signing out', async () => {
    const dashboard = await pages.start();
    await dashboard.writeJob({ name: 'broken', status: statusOf.failed() });
    const { page, complaints } = await pages.openJob('broken');
    await signIn(page, token);
    await page.getByRole('button', { name: 'Retry' }).click();
    await expect.poll(() => pages.broker.events.length).toBe(1);
    const request = readRequested(new CloudEvent(pages.broker.events[0] as never), eventKey);
    expect(request.source).toMatchObject({ bucket: 'media', key: 'drop/broken.mkv', etag: 'e7a9' });
    await page.getByText('this is another job now').waitFor();
    // the record comes to life again, as the recorder would write it
    await dashboard.writeJob({ name: 'broken', status: statusOf.running(40, { runs: 2 }) });
    await page.locator('#job progress').waitFor();
    expect(await page.locator('#job .job-head').textContent()).toContain('In progress');
    await dashboard.writeJob({ name: 'broken', status: statusOf.failed() });
    await page.getByRole('button', { name: 'Retry' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Retry' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('Sign in to ask for it again.').waitFor();
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('can be asked for again from an address that carries the token, which leaves the address at once', async () => {
    const dashboard = await pages.start();
    await dashboard.writeJob({ name: 'broken', status: statusOf.failed() });
    const { page } = await pages.open(`#token=${encodeURIComponent(token)}`);
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    expect(new URL(page.url()).hash).toBe('#/');
  });
});

describe('a job that runs', () => {
  // the dialog that asks for the token has one too
  const cancelButton = (page: Page) => page.locator('main').getByRole('button', { name: 'Cancel', exact: true });

  it('cannot be cancelled without the token, nor with a wrong one', async () => {
    const dashboard = await pages.start();
    await dashboard.writeJob({ name: 'busy', status: statusOf.running(20) });
    const { page } = await pages.openJob('busy');
    await page.getByText('Sign in to cancel it.').waitFor();
    expect(await cancelButton(page).count()).toBe(0);
    await signIn(page, 'a guess');
    await page.getByRole('alert').getByText('The token of the dashboard is missing or wrong.').waitFor();
    expect(await cancelButton(page).count()).toBe(0);
    const answer = await page.evaluate(`fetch('api/jobs/default/busy/cancel', { method: 'POST' }).then(({ status }) => status)`);
    expect(answer).toBe(401);
    expect(await fileCancellations(dashboard.jobsDir).has('default', 'busy')).toBe(false);
  });

  it('is cancelled by whoever gave the token, and a retry takes that back', async () => {
    const dashboard = await pages.start();
    await dashboard.writeJob({ name: 'busy', status: statusOf.running(20) });
    const { page, complaints } = await pages.openJob('busy');
    await signIn(page, token);
    const before = pages.broker.events.length;
    await cancelButton(page).click();
    await page.locator('#job .job-head').getByText('Stopping').waitFor();
    expect(await fileCancellations(dashboard.jobsDir).has('default', 'busy')).toBe(true);
    expect(await cancelButton(page).count()).toBe(0);
    // the button is gone, and who used it by the keyboard is not sent back to the top of the page
    expect(await page.evaluate('document.activeElement.id')).toBe('job-title');
    // as the recorder would write it
    await dashboard.writeJob({ name: 'busy', status: statusOf.finished(0, { reason: 'cancelled' }) });
    await page.locator('#job .job-head').getByText('Cancelled').waitFor();
    await page.getByRole('button', { name: 'Retry' }).click();
    await expect.poll(() => pages.broker.events.length).toBe(before + 1);
    expect(await fileCancellations(dashboard.jobsDir).has('default', 'busy')).toBe(false);
    expect(complaints).toEqual([]);
  });

  it('can be cancelled while it waits, and is not asked for then', async () => {
    const dashboard = await pages.start();
    await dashboard.writeJob({ name: 'queued', status: { state: 'Pending' } });
    const { page } = await pages.open(`#token=${encodeURIComponent(token)}`);
    await page.getByRole('link', { name: 'drop/queued.mkv' }).click();
    await cancelButton(page).click();
    await page.locator('#job .job-head').getByText('Will not run').waitFor();
    expect(await page.getByRole('button', { name: 'Retry' }).count()).toBe(1);
    expect(await cancelButton(page).count()).toBe(0);
  });

  it('is not shown as it was by an answer that was overtaken', async () => {
    const dashboard = await pages.start();
    await dashboard.writeJob({ name: 'busy', status: statusOf.running(20) });
    const { page } = await pages.openJob('busy');
    const state = page.locator('#job .job-head .badge');
    const [overtaken, late] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let answers = Number.NEGATIVE_INFINITY;
    let asked = performance.now();
    await page.route('**/api/jobs/default/busy', async (route) => {
      const number = ++answers;
      asked = performance.now();
      const response = await route.fetch();
      if (number === 2) await overtaken.promise;
      await route.fulfill({ response });
      if (number === 2) late.resolve();
      if (number === 3) overtaken.resolve();
    });
    await expect.poll(() => performance.now() - asked).toBeGreaterThan(2_000);
    answers = 0;
    await dashboard.writeJob({ name: 'busy', status: statusOf.failed() });
    await state.filter({ hasText: 'Failed' }).waitFor();
    // some time after a change was shown the page looks once more: this answer is held up
    await expect.poll(() => answers).toBe(2);
    await dashboard.writeJob({ name: 'busy', status: statusOf.finished() });
    await late.promise;
    await page.evaluate('new Promise(requestAnimationFrame)');
    expect(await state.textContent()).toBe('Finished');
  });

  it('shows its log lines as they come, those of markup as text, and nothing of addresses that give access', async () => {
    const dashboard = await pages.start();
    await dashboard.writeJob({ name: 'busy', status: statusOf.running(20) });
    await dashboard.appendLog('busy', { level: 'info', msg: 'run begins', bucket: 'media', traceId: 'ab'.repeat(16) });
    const { page, complaints } = await pages.openJob('busy');
    const log = page.getByRole('log', { name: 'Log' });
    await log.getByText('run begins').waitFor();
    expect(await log.textContent()).toMatch(/^\d\d:\d\d:\d\d\.\d{3}transcoderun begins bucket=media$/);
    const gst = '<img src=x onerror="window.ran=1"> http://minio/media/a?X-Amz-Signature=0123456789abcdef';
    await dashboard.appendLog('busy', { level: 'warn', msg: 'pipeline warning', gst });
    await log.getByText('warning: pipeline warning').waitFor();
    expect(await log.textContent()).toContain(
      'gst=<img src=x onerror="window.ran=1"> http://minio/media/a?X-Amz-Signature=<secret>',
    );
    expect(await page.evaluate('window.ran')).toBeUndefined();
    // what is drawn anew around it leaves it as it is
    await dashboard.writeJob({ name: 'busy', status: statusOf.finished() });
    await page.locator('#job .job-head').getByText('Finished').waitFor();
    await dashboard.appendLog('busy', { level: 'error', msg: 'run failed', err: { code: 'ELEMENT_FAILED', message: 'no more' } });
    await log.getByText('error: run failed ELEMENT_FAILED: no more').waitFor();
    expect(await log.locator('li').count()).toBe(3);
    expect(complaints).toEqual([]);
  });

  it('takes no connection for its log while nobody sees the page, and goes on with the line where it left off', async () => {
    const dashboard = await pages.start();
    await dashboard.writeJob({ name: 'busy', status: statusOf.running(20) });
    await dashboard.appendLog('busy', { msg: 'before' });
    const { page } = await pages.openJob('busy');
    const log = page.getByRole('log', { name: 'Log' });
    await log.getByText('before').waitFor();
    const show = (hidden: boolean) =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));`);
    const ended = page.waitForEvent('requestfailed', (request) => request.url().includes('/log/events'));
    await show(true);
    await ended;
    await dashboard.appendLog('busy', { msg: 'meanwhile' });
    await show(false);
    await log.getByText('meanwhile').waitFor();
    expect(await log.locator('li').count()).toBe(2);
  });

  it('with many lines keeps the page light, and follows their end unless someone reads further up', async () => {
    const dashboard = await pages.start();
    await dashboard.writeJob({ name: 'busy', status: statusOf.running(20) });
    const lines = Array.from({ length: 800 }, (_, n) => ({ level: 'debug', msg: `line ${n}` }));
    await dashboard.appendLog('busy', ...lines);
    const { page } = await pages.openJob('busy');
    const log = page.getByRole('log', { name: 'Log' });
    await log.getByText('line 799').waitFor();
    expect(await log.locator('li').count()).toBe(500);
    await page.getByText('Earlier lines are left out here.').waitFor();
    const fromEnd = 'Math.round(log.scrollHeight - log.scrollTop - log.clientHeight)';
    const place = () => page.evaluate(`(() => { const log = document.getElementById('log-lines'); return ${fromEnd}; })()`);
    expect(await place()).toBeLessThan(5);
    await page.evaluate(`document.getElementById('log-lines').scrollTop = 100`);
    await dashboard.appendLog('busy', { level: 'info', msg: 'the last of all' });
    await log.getByText('the last of all').waitFor();
    expect(await place()).toBeGreaterThan(100);
  });
});
