/** @type {Record<string, (value: number) => string>} */
const UNITS = {
  s: (value) => (value < 1 ? `${rounded(value * 1000)} ms` : `${rounded(value)} s`),
  bytes: (value) => `${rounded(value / 2 ** 20)} MiB`,
  percentunit: (value) => `${rounded(value * 100)} %`,
  reqps: (value) => `${rounded(value)} req/s`,
  ops: (value) => `${rounded(value)} /s`,
  currencyUSD: (value) => `$${value.toPrecision(2)}`,
};

/**
 * A value as Grafana shows it in a unit.
 *
 * @param {string} unit
 * @param {number} value
 */
export function valueIn(unit, value) {
  return (UNITS[unit] ?? rounded)(value);
}

/** @param {number} value */
function rounded(value) {
  return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}
