/**
 * `npm run dashboards`: draws the dashboard of config/grafana with real data into docs/images/dashboard.png. It starts replicas, a
 * worker, a Redis and a Prometheus on this machine, sends them requests for two minutes, and asks each query of each panel.
 * `npm run dashboards -- --seconds 60` takes less time. It is no Grafana: it shows that each panel has data in the right unit.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { launchChromium } from './chromium.js';
import { dashboard } from './dashboard/dashboard.js';
import { keepBusy } from './dashboard/load.js';
import { pageOf } from './dashboard/picture.js';
import { drawnPanel } from './dashboard/series.js';
import { startStack } from './dashboard/stack.js';

const FILE = fileURLToPath(new URL('../docs/images/dashboard.png', import.meta.url));

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '120' } } });
const folder = mkdtempSync(join(tmpdir(), 'embedding-dashboard-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

const { urls, prometheus } = await startStack(folder);
const start = Date.now() / 1000;
const end = start + Number(values.seconds);
await keepBusy(urls, Number(values.seconds) * 1000);
const panels = await Promise.all(dashboard().panels.map(async (panel) => await drawnPanel(prometheus, { start, end }, panel)));
await take(pageOf(panels));

const empty = panels.filter(({ type, series }) => type !== 'row' && series.length === 0).map(({ title }) => title);
console.log(empty.length === 0 ? 'docs/images/dashboard.png' : `no data: ${empty.join(', ')}`);
process.exit(empty.length === 0 ? 0 : 1);

/** @param {string} html */
async function take(html) {
  const browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width: 1532, height: 800 } });
  await page.setContent(html);
  await page.screenshot({ path: FILE, fullPage: true });
  await browser.close();
}
