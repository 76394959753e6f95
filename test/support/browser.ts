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

/** Chromium breaks off what is under way when any interface of the machine comes or goes, as those of containers do. */
const machineChanged = 'net::ERR_NETWORK_CHANGED';
/** For the page to come up, before it is asked for again where the machine got in the way; ms, and how often. */
const [wait, mostWaits] = [5_000, 8];

/** Resolves when the page is live. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = widths.desktop,
): Promise<WatchedPage> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'UTC', ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  let disturbed = false;
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.text().includes(machineChanged)) disturbed = true;
    else if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(url);
  const live = page.locator('#connection[data-state=live]');
  for (let waits = 1; ; waits++) {
    try {
      await live.waitFor({ timeout: wait });
      return { page, complaints, close: () => context.close() };
    } catch (error) {
      if (waits === mostWaits) throw new Error(`${(error as Error).message}\ncomplaints: ${complaints}`);
      if (disturbed) await page.reload();
      disturbed = false;
    }
  }
}
