import { byId, make } from './dom.js';

const TARGET = 0.8;
const tiles = byId('tiles', HTMLDListElement);

/** @param {import('./live-figures.js').Figures} figures */
export function showTiles({ latest, requests, texts, jobTexts, tokens, refused, quantiles, hitRate }) {
  const { busy, idle, starting } = latest.workers;
  const [p50 = Number.NaN, p95 = Number.NaN, p99 = Number.NaN] = quantiles;
  tiles.replaceChildren(
    tile('Requests', `${amount(requests)} /s`, `${amount(texts)} texts/s${refused > 0 ? ` · ${refused} refused` : ''}`),
    tile('Latency p50', milliseconds(p50), `p95 ${milliseconds(p95)} · p99 ${milliseconds(p99)}`),
    hitRateTile(hitRate, latest.hitRateSinceStart),
    tile(
      'Queue',
      `${amount(latest.queued)} texts`,
      `requests in flight: ${amount(latest.inFlight)}${jobTexts > 0 ? ` · of jobs ${amount(jobTexts)} texts/s` : ''}`,
    ),
    tile(
      'Workers',
      `${busy} of ${busy + idle + starting} busy`,
      starting > 0 ? `${starting} starting` : `${amount(tokens)} tokens/s asked for`,
    ),
  );
}

/**
 * @param {string} name
 * @param {string} figure
 * @param {string} detail
 */
function tile(name, figure, detail) {
  return make('div', { class: 'tile' }, [
    make('dt', { text: name }),
    make('dd', { class: 'figure', text: figure }),
    make('dd', { class: 'detail', text: detail }),
  ]);
}

/**
 * @param {number} rate
 * @param {number} sinceStart
 */
function hitRateTile(rate, sinceStart) {
  const isKnown = !Number.isNaN(rate);
  const judgement = isKnown ? ` · ${rate >= TARGET ? 'reaches' : 'below'} its target of 80 %` : ' · target 80 %';
  const shown = tile('Cache hit rate', isKnown ? percent(rate) : '–', `since the start ${percent(sinceStart)}${judgement}`);
  const gauge = make('dd', { class: rate >= TARGET ? 'gauge reached' : 'gauge', 'aria-hidden': 'true' }, [make('i')]);
  gauge.style.setProperty('--share', String(isKnown ? rate : 0));
  shown.append(gauge);
  return shown;
}

/** @param {number} share */
function percent(share) {
  return `${(100 * share).toFixed(0)} %`;
}

/** @param {number} value */
function milliseconds(value) {
  if (Number.isNaN(value)) return '–';
  return value >= 1000 ? `${(value / 1000).toFixed(1)} s` : `${value >= 100 ? value.toFixed(0) : value.toPrecision(2)} ms`;
}

/** @param {number} value */
function amount(value) {
  if (value > 0 && value < 10) return String(Number(value.toFixed(1)));
  return Math.round(value).toLocaleString('en');
}
