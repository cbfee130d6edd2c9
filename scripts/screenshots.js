/** Takes the pictures of the front page in docs/images: `npm run screenshots`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { launchChromium } from './chromium.js';
import { startBuiltService } from './started-service.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const FOLDER = join(ROOT, 'docs/images');
/** The time that the plots need to show something. */
const BUSY_MS = 45_000;

/** @type {readonly { name: string, colorScheme: 'light' | 'dark', width: number, height: number, tab: string, section: string }[]} */
const PICTURES = [
  { name: 'try-it-light', colorScheme: 'light', width: 1180, height: 960, tab: 'map', section: '#headline' },
  { name: 'try-it-dark', colorScheme: 'dark', width: 1180, height: 960, tab: 'similarity', section: '#headline' },
  { name: 'live-light', colorScheme: 'light', width: 1180, height: 800, tab: 'map', section: '#live' },
  { name: 'narrow-dark', colorScheme: 'dark', width: 390, height: 780, tab: 'map', section: '#tab-map' },
];

mkdirSync(FOLDER, { recursive: true });
const service = await startBuiltService(ROOT);
const browser = await launchChromium();
try {
  const pages = [];
  for (const picture of PICTURES) pages.push(await openPicture(picture));
  await keepBusy(service.url);
  for (const { page, picture } of pages) {
    await page.click('#embed'); // again, while nothing else runs
    await page.locator('#summary', { hasText: 'from the cache' }).waitFor();
    await page.evaluate(`document.querySelector('${picture.section}').closest('section, .card').scrollIntoView()`);
    await page.screenshot({ path: join(FOLDER, `${picture.name}.png`), animations: 'disabled' });
    console.log(`docs/images/${picture.name}.png`);
  }
} finally {
  await browser.close();
  await service.stop();
}

/** @param {typeof PICTURES[number]} picture */
async function openPicture(picture) {
  const { colorScheme, width, height, tab } = picture;
  const context = await browser.newContext({ colorScheme, viewport: { width, height }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(service.url);
  await page.click('#embed');
  await page.locator('#summary', { hasText: / ms/ }).waitFor();
  await page.click(`#tab-${tab}`);
  return { page, picture };
}

/**
 * Texts as real callers send them: some often, some once.
 *
 * @param {string} url
 */
async function keepBusy(url) {
  const until = performance.now() + BUSY_MS;
  for (let round = 0; performance.now() < until; round++) {
    const texts = Array.from({ length: 8 }, (_, index) =>
      index === 0 ? `A new question, number ${round}` : `Question ${(round * 7 + index) % 90}`,
    );
    await Promise.all(texts.map(async (text) => await ask(url, text)));
    await delay(100 + 80 * Math.sin(round / 12));
  }
}

/**
 * @param {string} url
 * @param {string} text
 */
async function ask(url, text) {
  const answer = await fetch(`${url}/embed`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  });
  await answer.arrayBuffer();
}
