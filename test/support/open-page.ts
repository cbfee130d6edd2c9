import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from '../../scripts/chromium.js';

/** Long, because a browser on a busy machine is slow. */
const ACTION_TIMEOUT_MS = 90_000;

export interface OpenedPage {
  readonly page: Page;
  /** The complaints of the browser so far: errors of scripts, refused loads, violations of the policy. */
  readonly complaints: readonly string[];
}

let browser: Browser | undefined;

/** A page that stays open goes on drawing its figures, beside the tests after it. */
afterEach(async () => {
  await Promise.all((browser?.contexts() ?? []).map((context) => context.close()));
});

/** Opens the front page of the service in a browser without a history. */
export async function openPage(url: string, options: BrowserContextOptions = {}): Promise<OpenedPage> {
  browser ??= await launchChromium();
  const context = await browser.newContext(options);
  context.setDefaultTimeout(ACTION_TIMEOUT_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(`${url}/`);
  return { page, complaints };
}

export async function closeBrowser(): Promise<void> {
  await browser?.close();
  browser = undefined;
}

/** Presses Embed. Resolves to the page's summary of the answer. */
export async function embedOnPage(page: Page): Promise<string> {
  await page.click('#embed');
  return await page.locator('#summary', { hasText: / ms/ }).innerText();
}
