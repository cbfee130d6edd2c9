/** @typedef {{ readonly labels: string, readonly value: number }} Series */

/**
 * Reads the series of a metrics page, by name.
 *
 * @param {string} text
 * @returns {Map<string, Series[]>}
 */
export function parseMetrics(text) {
  /** @type {Map<string, Series[]>} */
  const series = new Map();
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
    if (name === undefined) continue;
    const known = series.get(name);
    if (known === undefined) series.set(name, [{ labels, value: numberOf(value) }]);
    else known.push({ labels, value: numberOf(value) });
  }
  return series;
}

/**
 * Adds up the series with this name and label; 0 if there is none.
 *
 * @param {Map<string, Series[]>} metrics
 * @param {string} name
 * @param {string} [label] as it is written: `cached="true"`
 */
export function sumOf(metrics, name, label) {
  return (metrics.get(name) ?? [])
    .filter(({ labels }) => label === undefined || labels.split(',').includes(label))
    .reduce((sum, { value }) => sum + value, 0);
}

/** @typedef {ReadonlyMap<number, number>} Buckets upper bound -> observations up to it */

/**
 * Reads the buckets of a histogram, summed over its other labels.
 *
 * @param {Map<string, Series[]>} metrics
 * @param {string} name
 * @returns {Buckets}
 */
export function bucketsOf(metrics, name) {
  const buckets = new Map();
  for (const { labels, value } of metrics.get(`${name}_bucket`) ?? []) {
    const bound = numberOf(/(?:^|,)le="([^"]+)"/.exec(labels)?.[1]);
    buckets.set(bound, (buckets.get(bound) ?? 0) + value);
  }
  return new Map([...buckets].sort(([left], [right]) => left - right));
}

/**
 * Returns the observations between two readings.
 *
 * @param {Buckets} later
 * @param {Buckets} earlier
 * @returns {Buckets}
 */
export function difference(later, earlier) {
  return new Map([...later].map(([bound, count]) => [bound, count - (earlier.get(bound) ?? 0)]));
}

/**
 * Computes a quantile as Prometheus' histogram_quantile does: linear within a bucket, and the largest finite bound past it.
 * NaN = there are no observations.
 *
 * @param {number} quantile 0 to 1
 * @param {Buckets} buckets
 */
export function quantileOf(quantile, buckets) {
  const total = buckets.get(Number.POSITIVE_INFINITY) ?? 0;
  if (total <= 0) return Number.NaN;
  const rank = quantile * total;
  let [lowerBound, below] = [0, 0];
  for (const [bound, count] of buckets) {
    if (count >= rank && count > below) {
      return bound === Number.POSITIVE_INFINITY ? lowerBound : lowerBound + ((bound - lowerBound) * (rank - below)) / (count - below);
    }
    [lowerBound, below] = [bound, count];
  }
  return lowerBound;
}

/** @param {string | undefined} text */
function numberOf(text) {
  return text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text);
}
