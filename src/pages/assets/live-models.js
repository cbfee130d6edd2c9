import { byId, make } from './dom.js';
import { bucketsOf, difference, parseMetrics, quantileOf, sumOf } from './prometheus-text.js';

const SECONDS = 60;
const frame = byId('live-models', HTMLDivElement);
const rows = byId('live-models-rows', HTMLTableSectionElement);

/** @typedef {ReturnType<typeof readModel>} ModelSample */
/** @typedef {{ at: number, models: ReadonlyMap<string, ModelSample> }} Sample */

/** Samples of the last minute, the oldest first. @type {Sample[]} */
let samples = [];

/**
 * Shows the figures of each model over the last minute, if there are several.
 *
 * @param {string} text of /metrics
 * @param {number} at seconds
 */
export function showModels(text, at) {
  const metrics = parseMetrics(text);
  const names = [...new Set((metrics.get('embedding_requests_total') ?? []).flatMap(({ labels }) => modelIn(labels) ?? []))];
  frame.hidden = names.length < 2;
  const latest = { at, models: new Map(names.map((name) => [name, readModel(metrics, name)])) };
  samples = [...samples.filter((sample) => sample.at > at - SECONDS), latest];
  if (!frame.hidden) rows.replaceChildren(...names.map((name) => rowOf(name, latest)));
}

/** Counters of another process begin again. */
export function forgetModels() {
  samples = [];
}

/** @param {string} labels */
function modelIn(labels) {
  return /(?:^|,)model="([^"]*)"/.exec(labels)?.[1];
}

/**
 * @param {Map<string, import('./prometheus-text.js').Series[]>} all
 * @param {string} name
 */
function readModel(all, name) {
  const metrics = new Map([...all].map(([metric, series]) => [metric, series.filter(({ labels }) => modelIn(labels) === name)]));
  return {
    requests: sumOf(metrics, 'embedding_requests_total'),
    hits: sumOf(metrics, 'embedding_texts_total', 'cached="true"'),
    misses: sumOf(metrics, 'embedding_texts_total', 'cached="false"'),
    latency: bucketsOf(metrics, 'embedding_latency_seconds'),
    busy: sumOf(metrics, 'embedding_workers', 'state="busy"'),
    workers: sumOf(metrics, 'embedding_workers'),
  };
}

/** @param {string} name @param {Sample} latest */
function rowOf(name, latest) {
  const oldest = samples.find(({ models }) => models.has(name)) ?? latest;
  const [now, then] = [latest.models.get(name), oldest.models.get(name)];
  if (now === undefined || then === undefined) return make('tr');
  const seconds = latest.at - oldest.at;
  const perSecond = (/** @type {number} */ count) => (seconds > 0 ? (count / seconds).toFixed(1) : '–');
  const [hits, misses] = [now.hits - then.hits, now.misses - then.misses];
  const observed = difference(now.latency, then.latency);
  const cells = [
    perSecond(now.requests - then.requests),
    perSecond(hits + misses),
    hits + misses === 0 ? '–' : `${Math.round((100 * hits) / (hits + misses))} %`,
    ...[0.5, 0.95].map((quantile) => milliseconds(1000 * quantileOf(quantile, observed))),
    now.workers === 0 ? 'none' : `${now.busy} of ${now.workers} busy`,
  ];
  return make('tr', {}, [make('th', { scope: 'row', class: 'word', text: name }), ...cells.map((text) => make('td', { text }))]);
}

/** @param {number} value */
function milliseconds(value) {
  return Number.isNaN(value) ? '–' : `${value >= 100 ? value.toFixed(0) : value.toPrecision(2)} ms`;
}
