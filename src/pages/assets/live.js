import { byId } from './dom.js';
import { difference, quantileOf } from './prometheus-text.js';
import { LivePlots } from './live-plots.js';
import { readSample } from './live-sample.js';
import { showTiles } from './live-tiles.js';
import { askService } from './service.js';

const EVERY_MS = 2_000;
const TIMEOUT_MS = 5_000;
const KEPT_SECONDS = 300;
const TILE_SECONDS = 60;
const POINT_SECONDS = 10;

/** @typedef {import('./live-sample.js').Sample} Sample */

/** Readings of the last minutes, oldest first. @type {Sample[]} */
let samples = [];
const pill = byId('connection', HTMLParagraphElement);
const section = byId('live', HTMLElement);
const plots = new LivePlots(byId('plots', HTMLDivElement), KEPT_SECONDS);

/** Reads the service's metrics while the page is visible, and shows when the service is gone and back. */
export function startLive() {
  void readOn();
  document.addEventListener('themechange', () => plots.redraw());
}

async function readOn() {
  for (;;) {
    if (!document.hidden) await readOnce();
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

async function readOnce() {
  const wasDown = pill.dataset['state'] === 'down';
  try {
    const answer = await fetch('/metrics', { signal: AbortSignal.timeout(TIMEOUT_MS), cache: 'no-store' });
    if (answer.status >= 500) throw new Error(`${answer.status}`);
    const isAnother = answer.ok && take(readSample(await answer.text(), Date.now() / 1000));
    section.dataset['metrics'] = answer.ok ? 'here' : 'elsewhere';
    say('up', 'Live');
    if (wasDown || isAnother) void askService();
  } catch {
    say('down', 'Reconnecting');
    plots.gap(Date.now() / 1000);
  }
}

/**
 * True = the answer comes from another process than the last one.
 *
 * @param {Sample} sample
 */
function take(sample) {
  const last = samples.at(-1);
  const isAnother = last !== undefined && last.startedAt !== sample.startedAt;
  if (isAnother) samples = []; // another process has other counters
  samples = [...samples.filter(({ at }) => at > sample.at - KEPT_SECONDS), sample];
  plots.add(figuresOver(POINT_SECONDS));
  showTiles(figuresOver(TILE_SECONDS));
  return isAnother;
}

/**
 * Computes the figures of the last seconds. NaN = there was nothing to measure.
 *
 * @param {number} seconds
 */
function figuresOver(seconds) {
  const latest = /** @type {Sample} */ (samples.at(-1));
  const earliest = samples.find(({ at }) => at >= latest.at - seconds) ?? latest;
  const elapsed = latest.at - earliest.at;
  const observed = difference(latest.latency, earliest.latency);
  const [hits, misses] = [latest.hits - earliest.hits, latest.misses - earliest.misses];
  const perSecond = (/** @type {number} */ count) => (elapsed > 0 ? count / elapsed : 0);
  return {
    latest,
    requests: perSecond(latest.requests - earliest.requests),
    texts: perSecond(hits + misses),
    jobTexts: perSecond(latest.jobTexts - earliest.jobTexts),
    tokens: perSecond(latest.tokens - earliest.tokens),
    refused: latest.refused - earliest.refused,
    quantiles: [0.5, 0.95, 0.99].map((quantile) => 1000 * quantileOf(quantile, observed)),
    hitRate: hits / (hits + misses),
  };
}

/** @typedef {ReturnType<typeof figuresOver>} Figures */

/**
 * @param {string} state
 * @param {string} words
 */
function say(state, words) {
  if (pill.dataset['state'] === state) return; // announced once, not every two seconds
  pill.dataset['state'] = state;
  pill.textContent = words;
  section.classList.toggle('stale', state === 'down');
}
