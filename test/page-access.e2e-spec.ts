import { closeBrowser, embedOnPage, openPage } from './support/open-page.js';
import { type StartedService, startService } from './support/start-service.js';
import { violations } from './support/violations.js';
import { cutByTheMap, scrollingSideways } from './support/wider-than-screen.js';

const TABS = ['map', 'similarity', 'vectors', 'code'] as const;

const TOPICS = [
  'The cat sleeps on the sofa',
  'How do I reset my password',
  'Simmer the tomatoes with garlic',
  'The stock market fell today',
];

let service: StartedService;

/** Texts of few meanings, so that many of them lie close together. */
function topic(index: number): string {
  return `${TOPICS[index % TOPICS.length]}, number ${index}`;
}

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

  it.each([320, 360, 390, 768])('fits a screen of %i pixels: nothing scrolls sideways, and the map cuts nothing', async (width) => {
    const { page } = await openPage(service.url, { viewport: { width, height: 800 } });
    for (const count of [8, 100]) {
      if (count === 100) await page.fill('#texts', Array.from({ length: count }, (_, index) => topic(index)).join('\n'));
      await page.click('#embed');
      await page.locator('#summary', { hasText: `${count} vectors` }).waitFor();
      for (const tab of TABS) {
        await page.click(`#tab-${tab}`);
        expect([count, tab, await scrollingSideways(page)]).toEqual([count, tab, []]);
      }
      await page.click('#tab-map');
      expect(await page.locator('.map circle').count()).toBe(count);
      expect(await cutByTheMap(page)).toEqual([]);
    }
  });
});
