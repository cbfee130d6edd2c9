import { make } from './dom.js';
import { chartIn, HEIGHT } from './plot-chart.js';

const TARGET_PERCENT = 80;

/**
 * @typedef {object} Plot
 * @property {string} title
 * @property {string} unit
 * @property {readonly { label: string, colour: string }[]} series
 * @property {(figures: import('./live-figures.js').Figures) => readonly (number | null)[]} read
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

const LONGEST_SECONDS = 3600;
const SHORTEST_SECONDS = 300;
/** Points that are further apart are not joined, because nothing is known of the time between them. */
const GAP_SECONDS = 35;

/** Draws the last minutes, up to an hour, with uPlot. */
export class LivePlots {
  /** @param {HTMLElement} container */
  constructor(container) {
    /** How much is shown, if that much is known. */
    this.seconds = LONGEST_SECONDS;
    /** @type {number[]} */
    this.times = [];
    this.plots = PLOTS.map((plot) => {
      const area = make('div', { class: 'plot-area', role: 'img', 'aria-label': plot.title });
      container.append(make('figure', { class: 'card plot' }, [captionOf(plot), area]));
      return { plot, area, chart: chartIn(area, plot), values: plot.series.map(() => /** @type {(number | null)[]} */ ([])) };
    });
    new ResizeObserver(() => this.fit()).observe(container);
  }

  /** Connects the buttons that choose how much is shown: `data-seconds` says it. @param {Iterable<Element>} elements */
  wireRanges(elements) {
    const buttons = [...elements].filter((element) => element instanceof HTMLButtonElement);
    for (const button of buttons) {
      button.addEventListener('click', () => {
        this.seconds = Number(button.dataset['seconds']);
        for (const other of buttons) other.setAttribute('aria-pressed', String(other === button));
        this.draw();
      });
    }
  }

  /** @param {import('./live-figures.js').Figures} figures */
  add(figures) {
    this.append(figures);
    this.draw();
  }

  /** Replaces what is known of the time from the first of these figures on. @param {readonly import('./live-figures.js').Figures[]} figures */
  recall(figures) {
    const from = figures[0]?.latest.at ?? Number.POSITIVE_INFINITY;
    this.keep((time) => time < from);
    for (const each of figures) this.append(each);
    this.draw();
  }

  /** Breaks the lines, because nothing is known of this time. @param {number} at */
  gap(at) {
    this.push(at, () => []);
    this.draw();
  }

  redraw() {
    for (const { chart } of this.plots) chart.redraw(false, true);
  }

  /** @param {import('./live-figures.js').Figures} figures */
  append(figures) {
    const { at } = figures.latest;
    const last = this.times.at(-1);
    if (last !== undefined && at - last > GAP_SECONDS) this.push(last + 1, () => []);
    this.push(at, (plot) => plot.read(figures));
  }

  /**
   * @param {number} at
   * @param {(plot: Plot) => readonly (number | null)[]} read
   */
  push(at, read) {
    this.times.push(at);
    for (const { plot, values } of this.plots) {
      const point = read(plot);
      for (const [index, line] of values.entries()) line.push(finite(point[index]));
    }
    this.keep((time) => time >= at - LONGEST_SECONDS);
  }

  /** @param {(time: number) => boolean} isKept */
  keep(isKept) {
    if (this.times.every(isKept)) return;
    const { times } = this;
    const kept = (/** @type {unknown} */ _value, /** @type {number} */ index) => isKept(times[index] ?? 0);
    for (const entry of this.plots) entry.values = entry.values.map((line) => line.filter(kept));
    this.times = times.filter(kept);
  }

  /** Shows the chosen time, or less if less is known. */
  draw() {
    const max = this.times.at(-1) ?? 0;
    const known = max - (this.times[0] ?? max);
    const min = max - Math.min(this.seconds, Math.max(SHORTEST_SECONDS, known));
    const first = this.times.findIndex((time) => time >= min);
    for (const { plot, area, chart, values } of this.plots) {
      const shown = values.map((line) => line.slice(first));
      area.dataset['empty'] = String(shown[0]?.every((value) => value === null));
      area.setAttribute('aria-label', `${plot.title} of the last ${Math.round((max - min) / 60)} minutes`);
      chart.batch(() => {
        chart.setData([this.times.slice(first), ...shown], false);
        chart.setScale('x', { min, max });
        chart.setScale('y', { min: 0, max: plot.top ?? niceTop(shown) });
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
