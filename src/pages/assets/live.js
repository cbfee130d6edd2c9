import { byId } from './dom.js';
import { figuresBetween } from './live-figures.js';
import { readHistory } from './live-history.js';
import { forgetModels, showModels } from './live-models.js';
import { LivePlots } from './live-plots.js';
import { readSample } from './live-sample.js';
import { showTiles } from './live-tiles.js';
import { askService } from './service.js';

const EVERY_MS = 2_000;
const TIMEOUT_MS = 5_000;
const TILE_SECONDS = 60;
const POINT_SECONDS = 10;
/** Without a sample for this long (at the start, or after the page was hidden) the time until now is read from the service. */
const STALE_SECONDS = 30;

/** @typedef {import('./live-sample.js').Sample} Sample */

/** Samples of the last minute, oldest first. @type {Sample[]} */
let samples = [];
let readAt = Number.NEGATIVE_INFINITY;
const pill = byId('connection', HTMLParagraphElement);
const section = byId('live', HTMLElement);
const plots = new LivePlots(byId('plots', HTMLDivElement));

/** Draws the last hour, then reads the service's metrics while the page is visible, and shows when the service is gone and back. */
export function startLive() {
  plots.wireRanges(section.querySelectorAll('[data-seconds]'));
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
  const read = await readMetrics();
  if (read === undefined) {
    say('down', 'Reconnecting');
    plots.gap(Date.now() / 1000);
    return;
  }
  const { history, text } = read;
  if (history !== undefined) recall(history);
  const isAnother = text !== undefined && show(text);
  section.dataset['metrics'] = text === undefined ? 'elsewhere' : 'here';
  say('up', 'Live');
  if (wasDown || isAnother) void askService();
}

/**
 * Reads the metrics, and what the service has kept if that is needed. Undefined = the service does not answer; without `text` =
 * it has its metrics elsewhere.
 */
async function readMetrics() {
  const now = Date.now() / 1000;
  try {
    const history = now - readAt > STALE_SECONDS ? await readHistory() : undefined;
    readAt = now;
    const answer = await fetch('/metrics', { signal: AbortSignal.timeout(TIMEOUT_MS), cache: 'no-store' });
    if (answer.status >= 500) return undefined;
    const text = answer.ok ? await answer.text() : undefined;
    return { history, text };
  } catch {
    return undefined; // no connection, no answer in time, or an answer of something else in between
  }
}

/**
 * True = the answer comes from another process than the last one.
 *
 * @param {string} text of /metrics
 */
function show(text) {
  const at = Date.now() / 1000;
  const isAnother = take(readSample(text, at));
  if (isAnother) forgetModels();
  showModels(text, at);
  return isAnother;
}

/** @param {readonly Sample[]} kept */
function recall(kept) {
  samples = recent(kept, Date.now() / 1000);
  plots.recall(kept.slice(1).map((sample, index) => figuresBetween(/** @type {Sample} */ (kept[index]), sample)));
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
  samples = [...recent(samples, sample.at), sample];
  plots.add(figuresOver(POINT_SECONDS, sample));
  showTiles(figuresOver(TILE_SECONDS, sample));
  return isAnother;
}

/**
 * @param {readonly Sample[]} all
 * @param {number} now
 */
function recent(all, now) {
  return all.filter(({ at }) => at > now - TILE_SECONDS - POINT_SECONDS);
}

/**
 * The figures of the last seconds before a sample.
 *
 * @param {number} seconds
 * @param {Sample} latest
 */
function figuresOver(seconds, latest) {
  return figuresBetween(samples.find(({ at }) => at >= latest.at - seconds) ?? latest, latest);
}

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
