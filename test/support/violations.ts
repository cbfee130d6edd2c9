import { source as axeSource } from 'axe-core';
import type { Page } from 'playwright-core';

/** Passed rules are not described: the test's process took more time to read these than the browser to find them. */
const BROKEN_RULES = `axe.run({ resultTypes: ['violations'] }).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html + ' ' + failureSummary)))`;

/** Returns the rules that axe finds broken, with their places. It runs from outside the page, whose policy allows no script of a test. */
export async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axeSource);
  return await page.evaluate<readonly string[]>(BROKEN_RULES);
}
