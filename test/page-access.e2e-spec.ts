import { closeBrowser, embedOnPage, openPage } from './support/open-page.js';
import { type StartedService, startService } from './support/start-service.js';
import { violations } from './support/violations.js';

const TABS = ['map', 'similarity', 'vectors', 'code'] as const;

let service: StartedService;

beforeAll(async () => {
  service = await startService({ RATE_LIMIT_REQUESTS: '0' });
});

afterAll(closeBrowser);

describe('the front page', () => {
  it.each([
    { colorScheme: 'light' as const, width: 1280 },
    { colorScheme: 'dark' as const, width: 1280 },
    { colorScheme: 'light' as const, width: 360 },
  ])('breaks no rule of axe-core, $colorScheme and $width wide', async ({ colorScheme, width }) => {
    const { page } = await openPage(service.url, { colorScheme, viewport: { width, height: 800 } });
    await page.locator('.tile').first().waitFor();
    expect(await violations(page)).toEqual([]);
    await embedOnPage(page);
    for (const tab of TABS) {
      await page.click(`#tab-${tab}`);
      expect(await violations(page)).toEqual([]);
    }
    await page.click('#clear');
    await page.click('#embed');
    await page.getByRole('alert').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('works with a keyboard alone, and shows the focus', async () => {
    const { page } = await openPage(service.url);
    const press = (key: string) => page.keyboard.press(key);
    const focused = () => page.evaluate('document.activeElement.id || document.activeElement.textContent.trim()');
    await press('Tab');
    expect(await focused()).toBe('Skip to trying it');
    await press('Enter');
    await press('Tab');
    expect(await focused()).toBe('texts');
    await press('Control+a');
    await page.keyboard.type('first line\nsecond line');
    await press('Control+Enter');
    await page.locator('#summary', { hasText: '2 vectors' }).waitFor();

    for (const expected of ['recompute', 'embed', 'examples', 'clear', 'tab-map']) {
      await press('Tab');
      expect(await focused()).toBe(expected);
      expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    }
    for (const [key, tab] of [
      ['ArrowRight', 'similarity'],
      ['End', 'code'],
      ['ArrowRight', 'map'],
      ['ArrowLeft', 'code'],
      ['Home', 'map'],
    ] as const) {
      await press(key);
      expect([await focused(), await page.locator(`#panel-${tab}`).isVisible()]).toEqual([`tab-${tab}`, true]);
    }
    await press('Tab');
    expect(await focused()).toBe('panel-map');

    await page.focus('#key-button');
    await press('Enter');
    expect(await focused()).toBe('key');
    await press('Escape');
    expect([await focused(), await page.locator('#key-dialog').isVisible()]).toEqual(['key-button', false]);
  });

  it.each([320, 390, 768])('fits a screen of %i pixels: no element is wider', async (width) => {
    const { page } = await openPage(service.url, { viewport: { width, height: 800 } });
    await embedOnPage(page);
    for (const tab of TABS) {
      await page.click(`#tab-${tab}`);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    }
    expect(await page.locator('.map circle').count()).toBe(8);
  });
});
