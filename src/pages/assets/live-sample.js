import { bucketsOf, parseMetrics, sumOf } from './prometheus-text.js';

/**
 * The figures that the page needs from one reading of /metrics.
 *
 * @param {string} text
 * @param {number} at seconds
 */
export function readSample(text, at) {
  const metrics = parseMetrics(text);
  return {
    at,
    startedAt: sumOf(metrics, 'process_start_time_seconds'),
    requests: sumOf(metrics, 'embedding_requests_total'),
    latency: bucketsOf(metrics, 'embedding_latency_seconds'),
    hits: sumOf(metrics, 'embedding_texts_total', 'cached="true"'),
    misses: sumOf(metrics, 'embedding_texts_total', 'cached="false"'),
    hitRateSinceStart: sumOf(metrics, 'embedding_cache_hit_rate'),
    jobTexts: sumOf(metrics, 'embedding_job_texts_total'),
    tokens: sumOf(metrics, 'embedding_tokens_total'),
    refused: sumOf(metrics, 'rate_limited_requests_total'),
    queued: sumOf(metrics, 'embedding_queue_size'),
    inFlight: sumOf(metrics, 'embedding_in_flight_requests'),
    workers: {
      busy: sumOf(metrics, 'embedding_workers', 'state="busy"'),
      idle: sumOf(metrics, 'embedding_workers', 'state="idle"'),
      starting: sumOf(metrics, 'embedding_workers', 'state="starting"'),
    },
  };
}

/** @typedef {ReturnType<typeof readSample>} Sample */

/**
 * What GET /metrics/history keeps: a value for each time, by the series.
 *
 * @typedef {object} KeptMetrics
 * @property {readonly number[]} times
 * @property {Readonly<Record<string, readonly (number | null)[]>>} series
 */

/**
 * @param {KeptMetrics} kept
 * @param {number} shift seconds by which the browser's clock is ahead of the service's
 */
export function samplesOf({ times, series }, shift) {
  const entries = Object.entries(series);
  return times.map((time, index) => {
    const lines = entries.flatMap(([name, values]) => (typeof values[index] === 'number' ? [`${name} ${values[index]}`] : []));
    return readSample(lines.join('\n'), time + shift);
  });
}
