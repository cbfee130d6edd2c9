import { make } from './dom.js';
import { chartIn, HEIGHT } from './plot-chart.js';

const TARGET_PERCENT = 80;

/**
 * @typedef {object} Plot
 * @property {string} title
 * @property {string} unit
 * @property {readonly { label: string, colour: string }[]} series
 * @property {(figures: import('./live.js').Figures) => readonly (number | null)[]} read
 * @property {number} [top] of the scale, where it is known
 * @property {number} [target] a line to reach
 */

/** @type {readonly Plot[]} */
const PLOTS = [
  {
    title: 'Requests',
    unit: '/s',
    series: [{ label: 'requests', colour: 'accent' }],
    read: ({ requests }) => [requests],
  },
  {
    title: 'Latency',
    unit: 'ms',
    series: [
      { label: 'p50', colour: 'accent' },
      { label: 'p95', colour: 'second' },
      { label: 'p99', colour: 'third' },
    ],
    read: ({ quantiles }) => quantiles,
  },
  {
    title: 'Cache hit rate',
    unit: '%',
    series: [{ label: 'hit rate', colour: 'accent' }],
    read: ({ hitRate }) => [100 * hitRate],
    top: 100,
    target: TARGET_PERCENT,
  },
  {
    title: 'Queue and workers',
    unit: '',
    series: [
      { label: 'texts that wait', colour: 'accent' },
      { label: 'busy workers', colour: 'second' },
    ],
    read: ({ latest }) => [latest.queued, latest.workers.busy],
  },
];

/** Draws the last minutes with uPlot. */
export class LivePlots {
  /**
   * @param {HTMLElement} container
   * @param {number} seconds how much to show
   */
  constructor(container, seconds) {
    this.seconds = seconds;
    /** @type {number[]} */
    this.times = [];
    this.plots = PLOTS.map((plot) => {
      const area = make('div', { class: 'plot-area', role: 'img', 'aria-label': `${plot.title} of the last ${seconds / 60} minutes` });
      container.append(make('figure', { class: 'card plot' }, [captionOf(plot), area]));
      return { plot, area, chart: chartIn(area, plot), values: plot.series.map(() => /** @type {(number | null)[]} */ ([])) };
    });
    new ResizeObserver(() => this.fit()).observe(container);
  }

  /** @param {import('./live.js').Figures} figures */
  add(figures) {
    this.push(figures.latest.at, (plot) => plot.read(figures));
  }

  /** Breaks the lines, because nothing is known of this time. @param {number} at */
  gap(at) {
    this.push(at, () => []);
  }

  redraw() {
    for (const { chart } of this.plots) chart.redraw(false, true);
  }

  /**
   * @param {number} at
   * @param {(plot: Plot) => readonly (number | null)[]} read
   */
  push(at, read) {
    const expired = this.times.filter((time) => time < at - this.seconds).length;
    this.times = [...this.times.slice(expired), at];
    for (const entry of this.plots) {
      const point = read(entry.plot);
      entry.values = entry.values.map((values, index) => [...values.slice(expired), finite(point[index])]);
      entry.area.dataset['empty'] = String(entry.values[0]?.every((value) => value === null));
      entry.chart.batch(() => {
        entry.chart.setData([this.times, ...entry.values], false);
        entry.chart.setScale('x', { min: at - this.seconds, max: at });
        entry.chart.setScale('y', { min: 0, max: entry.plot.top ?? niceTop(entry.values) });
      });
    }
  }

  fit() {
    for (const { area, chart } of this.plots) chart.setSize({ width: area.clientWidth, height: HEIGHT });
  }
}

/** @param {Plot} plot */
function captionOf({ title, unit, series, target }) {
  const lines = target === undefined ? series : [...series, { label: `target ${target} ${unit}`, colour: 'good' }];
  const keys = lines.map(({ label, colour }) => {
    const key = make('span', { class: 'key-line', text: label });
    key.style.setProperty('--series', `var(--${colour})`);
    return key;
  });
  return make('figcaption', {}, [make('b', { text: unit === '' ? title : `${title}, ${unit}` }), ...(lines.length > 1 ? keys : [])]);
}

/**
 * Returns the top of the scale: a little above the largest value, but high enough that noise does not fill the plot.
 *
 * @param {readonly (readonly (number | null)[])[]} values
 */
function niceTop(values) {
  const largest = Math.max(...values.flat().map((value) => value ?? 0));
  return Math.max(2, largest * 1.15);
}

/** @param {number | null | undefined} value */
function finite(value) {
  return value !== null && value !== undefined && Number.isFinite(value) ? value : null;
}
