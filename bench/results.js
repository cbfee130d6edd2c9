import { median } from './statistics.js';

/**
 * @typedef {object} Values Of one measurement; a row shows the medians of those that it has.
 * @property {number} [rate] Per second.
 * @property {number} [ratio]
 * @property {number} [p50] In milliseconds, like p95 and p99.
 * @property {number} [p95]
 * @property {number} [p99]
 */

/** @typedef {{ name: string, unit?: string, ratio?: '%' | 'x', target?: string }} Row */

/** Collects the measurements of all rounds as rows of a table. */
export class Results {
  constructor() {
    /** @type {Map<string, { row: Row, measured: Values[] }>} */
    this.rows = new Map();
  }

  /**
   * @param {Row} row
   * @param {Values} values
   */
  add(row, values) {
    const { measured } = this.rows.get(row.name) ?? { measured: [] };
    this.rows.set(row.name, { row, measured: [...measured, values] });
  }

  /** The table in Markdown. */
  toTable() {
    const head = ['', 'per second (lowest to highest)', 'ratio', 'target', 'p50 ms', 'p95 ms', 'p99 ms'];
    const rows = [...this.rows.values()].map(({ row, measured }) => cells(row, measured));
    return [head, head.map(() => '---'), ...rows].map((line) => `| ${line.join(' | ')} |`).join('\n');
  }
}

/**
 * @param {Row} row
 * @param {readonly Values[]} measured
 */
function cells({ name, unit = '', ratio, target = '' }, measured) {
  /** @param {keyof Values} key */
  const all = (key) => measured.flatMap((values) => values[key] ?? []);
  const milliseconds = /** @type {const} */ (['p50', 'p95', 'p99']).map((key) => (all(key).length > 0 ? median(all(key)).toFixed(2) : ''));
  return [name, rateCell(all('rate'), unit), ratioCell(all('ratio'), ratio), target, ...milliseconds];
}

/**
 * @param {readonly number[]} rates
 * @param {string} unit
 */
function rateCell(rates, unit) {
  if (rates.length === 0) return '';
  const [middle, lowest, highest] = [median(rates), Math.min(...rates), Math.max(...rates)].map((rate) =>
    Math.round(rate).toLocaleString('en'),
  );
  return `${middle} ${unit} (${lowest} to ${highest})`;
}

/**
 * @param {readonly number[]} ratios
 * @param {Row['ratio']} unit
 */
function ratioCell(ratios, unit) {
  if (ratios.length === 0) return '';
  return unit === 'x' ? `${median(ratios).toFixed(2)} x` : `${(median(ratios) * 100).toFixed(1)} %`;
}
