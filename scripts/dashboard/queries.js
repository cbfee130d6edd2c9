/** Expressions of Prometheus. Series of several models are always added up, or told apart by a label. */

const NAMESPACE = 'namespace=~"$namespace"';
const INTERVAL = '[$__rate_interval]';

/** Labels of the chosen replicas. */
export const REPLICAS = `job="embedding-pipeline",${NAMESPACE},instance=~"$instance"`;
/** Labels of all workers, whatever replica is chosen. */
const WORKERS = `job="embedding-worker",${NAMESPACE}`;
/** Labels of what all replicas report alike. */
export const QUEUE = `job="embedding-pipeline",${NAMESPACE}`;

/**
 * @param {string} metric
 * @param {string} [labels]
 */
export function of(metric, labels = '') {
  return `${metric}{${[REPLICAS, labels].filter((part) => part !== '').join(',')}}`;
}

/**
 * @param {string} metric
 * @param {string} [labels]
 */
export function ofWorkers(metric, labels = '') {
  return `${metric}{${[WORKERS, labels].filter((part) => part !== '').join(',')}}`;
}

/** @param {string} selector */
export function rate(selector) {
  return `rate(${selector}${INTERVAL})`;
}

/** @param {string} selector */
export function increase(selector) {
  return `increase(${selector}${INTERVAL})`;
}

/**
 * @param {string} expression
 * @param {string} [labels]
 */
export function sumBy(expression, labels = '') {
  return labels === '' ? `sum(${expression})` : `sum by (${labels}) (${expression})`;
}

/**
 * A quantile of a histogram, for each value of the labels.
 *
 * @param {number} part
 * @param {string} metric
 * @param {{ by?: string, labels?: string }} [options]
 */
export function quantile(part, metric, { by = '', labels = '' } = {}) {
  const kept = by === '' ? 'le' : `le, ${by}`;
  return `histogram_quantile(${part}, ${sumBy(rate(of(`${metric}_bucket`, labels)), kept)})`;
}

/**
 * The mean of a histogram.
 *
 * @param {string} metric
 */
export function mean(metric) {
  return `${sumBy(rate(of(`${metric}_sum`)))} / ${sumBy(rate(of(`${metric}_count`)))}`;
}

/**
 * A part of a whole, from 0 to 1; nothing while there is no whole.
 *
 * @param {string} part
 * @param {string} whole
 */
export function share(part, whole) {
  return `(${part} or ${whole} * 0) / (${whole} > 0)`;
}
