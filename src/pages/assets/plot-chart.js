import { make } from './dom.js';

export const HEIGHT = 170;
const MARK_MINUTES = [1, 2, 5, 10, 15, 20, 30];
const MARK_PIXELS = 75;

/**
 * Makes a chart with axes, lines and the target, if there is one, but without points.
 *
 * @param {HTMLElement} area
 * @param {import('./live-plots.js').Plot} plot
 */
export function chartIn(area, { series, top, target }) {
  const axis = { stroke: () => colourOf('muted'), grid: { stroke: () => colourOf('line'), width: 1 }, ticks: { show: false } };
  /** @type {import('uplot').Options} */
  const options = {
    width: area.clientWidth || 300,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [10, 18, 0, 0],
    scales: { x: { auto: false }, y: { auto: false } },
    hooks: target === undefined ? {} : { drawAxes: [(chart) => drawTarget(chart, target)] },
    axes: [
      { ...axis, size: 28, grid: { show: false }, splits: minutesBack, values: agoLabels },
      { ...axis, size: 48, space: 34, ...(top !== undefined && { splits: [0, 20, 40, 60, 80, 100] }) },
    ],
    series: [
      {},
      ...series.map(({ colour }) => ({
        stroke: () => colourOf(colour),
        width: 2,
        points: { size: 5, filter: lonePoints },
        spanGaps: false,
      })),
    ],
  };
  return new uPlot(options, [[], ...series.map(() => [])], area);
}

/**
 * Draws a line over the whole width, also where there are no points.
 *
 * @param {import('uplot')} chart
 * @param {number} target
 */
function drawTarget(chart, target) {
  const { ctx, bbox } = chart;
  const y = chart.valToPos(target, 'y', true);
  ctx.save();
  ctx.strokeStyle = colourOf('good');
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

/**
 * The places of the values without neighbours, which no line shows.
 *
 * @param {import('uplot')} chart
 * @param {number} line
 */
function lonePoints({ data }, line) {
  const values = data[line] ?? [];
  const isKnown = (/** @type {number} */ index) => typeof values[index] === 'number';
  return Array.from(values, (_, index) => index).filter((index) => isKnown(index) && !isKnown(index - 1) && !isKnown(index + 1));
}

/**
 * Marks of whole minutes, as many as there is room for.
 *
 * @param {{ width: number }} plot
 * @param {number} _axis
 * @param {number} min
 * @param {number} max
 */
function minutesBack({ width }, _axis, min, max) {
  const step = MARK_MINUTES.find((minutes) => ((max - min) / 60 / minutes) * MARK_PIXELS < width) ?? 30;
  const marks = Math.floor((max - min) / 60 / step);
  return Array.from({ length: marks + 1 }, (_, index) => max - 60 * step * (marks - index));
}

/**
 * @param {unknown} _plot
 * @param {number[]} splits
 */
function agoLabels(_plot, splits) {
  const now = splits.at(-1) ?? 0;
  return splits.map((time) => (time === now ? 'now' : `−${Math.round((now - time) / 60)} min`));
}

/**
 * Returns the colour of a variable of the style sheet in the current theme, because a canvas cannot use variables.
 *
 * @param {string} name
 */
function colourOf(name) {
  const probe = make('span', { hidden: '' });
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
