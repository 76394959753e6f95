/** A real Chromium: Debian's, or the one that CHROMIUM names. */
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** As root Chromium runs only without its own sandbox; the pages it opens here are ours. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    chromiumSandbox: process.getuid?.() !== 0,
  });
}

export interface WatchedPage {
  page: Page;
  /** What the page complained of: errors, and breaches of its policy. */
  complaints: string[];
  close(): Promise<void>;
}

export const widths = {
  desktop: { viewport: { width: 1360, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
} satisfies Record<string, BrowserContextOptions>;

export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = widths.desktop,
): Promise<WatchedPage> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  const pending = new Set<string>();
  page.on('request', (request) => pending.add(request.url()));
  page.on('response', (response) => pending.delete(response.url()));
  page.on('requestfailed', (request) => complaints.push(`${request.url()} ${request.failure()?.errorText}`));
  await page.goto(url);
  await page
    .locator('#connection[data-state=live]')
    .waitFor()
    .catch((error: Error) => {
      throw new Error(`${error.message}\nrequests without an answer: ${[...pending]}\ncomplaints: ${complaints}`);
    });
  return { page, complaints, close: () => context.close() };
}
