import { difference, quantileOf } from './prometheus-text.js';

/**
 * Computes the figures of the time between two samples of one process. NaN = there was nothing to measure.
 *
 * @param {import('./live-sample.js').Sample} earlier
 * @param {import('./live-sample.js').Sample} latest
 */
export function figuresBetween(earlier, latest) {
  const elapsed = latest.at - earlier.at;
  const observed = difference(latest.latency, earlier.latency);
  const [hits, misses] = [latest.hits - earlier.hits, latest.misses - earlier.misses];
  const perSecond = (/** @type {number} */ count) => (elapsed > 0 ? count / elapsed : 0);
  return {
    latest,
    requests: perSecond(latest.requests - earlier.requests),
    texts: perSecond(hits + misses),
    jobTexts: perSecond(latest.jobTexts - earlier.jobTexts),
    tokens: perSecond(latest.tokens - earlier.tokens),
    refused: latest.refused - earlier.refused,
    quantiles: [0.5, 0.95, 0.99].map((quantile) => 1000 * quantileOf(quantile, observed)),
    hitRate: hits / (hits + misses),
  };
}

/** @typedef {ReturnType<typeof figuresBetween>} Figures */
