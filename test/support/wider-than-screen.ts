import type { Page } from 'playwright-core';

/** The parts of the page that scroll sideways, as `tag#id.class`, and `html` if the page itself does. */
export async function scrollingSideways(page: Page): Promise<readonly string[]> {
  return await page.evaluate(`[...document.querySelectorAll('*')]
    .filter((element) => element.scrollWidth > element.clientWidth + 1)
    .filter((element) => element === document.documentElement || ['auto', 'scroll'].includes(getComputedStyle(element).overflowX))
    .map((element) => element.localName + (element.id && '#' + element.id) + (element.className && '.' + element.className))`);
}

/** The circles and captions of the map that its edges cut, as their places in the order of the drawing. */
export async function cutByTheMap(page: Page): Promise<readonly string[]> {
  return await page.evaluate(`(() => {
    const frame = document.querySelector('.map').getBoundingClientRect();
    return [...document.querySelectorAll('.map circle, .map text')].flatMap((element, index) => {
      const { left, right, top, bottom } = element.getBoundingClientRect();
      const isInside = left >= frame.left && right <= frame.right && top >= frame.top && bottom <= frame.bottom;
      return isInside ? [] : [element.localName + ' ' + index];
    });
  })()`);
}
