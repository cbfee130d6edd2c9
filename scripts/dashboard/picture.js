import { valueIn } from './units.js';

/** @typedef {import('./series.js').DrawnPanel} DrawnPanel */
/** @typedef {import('./series.js').Series} Series */

const COLORS = ['#73BF69', '#F2CC0C', '#5794F2', '#FF9830', '#F2495C', '#B877D9', '#8AB8FF', '#C8F2C2', '#FFCB7D', '#CA95E5'];
const [WIDTH, HEIGHT, LEFT] = [440, 130, 62];
const STYLE = `
  body { margin: 0; padding: 16px; background: #111217; color: #ccccdc; font: 12px sans-serif; width: 1500px; }
  main { display: grid; grid-template-columns: repeat(24, 1fr); gap: 8px; }
  h2 { grid-column: 1 / -1; margin: 8px 0 0; font-size: 16px; }
  section { background: #181b1f; border: 1px solid #2c3235; padding: 8px; overflow: hidden; }
  h3 { margin: 0 0 4px; font-size: 13px; font-weight: 500; }
  b { font-size: 30px; font-weight: 500; }
  ul { list-style: none; margin: 4px 0 0; padding: 0; columns: 2; font-size: 10px; }
  li { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
  text { fill: #8e8e9c; font-size: 10px; }`;

/**
 * A page with all panels, in the places that the dashboard gives them.
 *
 * @param {readonly DrawnPanel[]} panels
 */
export function pageOf(panels) {
  return `<!doctype html><style>${STYLE}</style><main>${panels.map(htmlOf).join('')}</main>`;
}

/** @param {DrawnPanel} panel */
function htmlOf(panel) {
  if (panel.type === 'row') return `<h2>${escaped(panel.title)}</h2>`;
  const body = panel.type === 'stat' ? statOf(panel) : panel.type === 'heatmap' ? heatmapOf(panel) : graphOf(panel);
  return `<section style="grid-column: span ${panel.type === 'stat' ? 4 : 8}"><h3>${escaped(panel.title)}</h3>${body}</section>`;
}

/** @param {DrawnPanel} panel */
function statOf({ series, unit }) {
  const value = series[0]?.values.at(-1);
  return `<b>${value === undefined ? 'no data' : escaped(valueIn(unit, value))}</b>`;
}

/** @param {DrawnPanel} panel */
function graphOf(panel) {
  const { series, unit, threshold } = panel;
  const top = topOf(panel);
  const lines = series.map((one, index) => `<path d="${pathOf(one, timesOf(series), top)}" fill="none" stroke="${colorOf(index)}"/>`);
  const limit = threshold !== undefined && threshold <= top ? lineAt(threshold / top) : '';
  return `${svg(`${axis(unit, top)}${lines.join('')}${limit}`)}<ul>${series.map((one, index) => legendOf(one, unit, index)).join('')}</ul>`;
}

/**
 * The highest value of the axis: the panel's own, or a little above what is drawn. A threshold far above is not drawn.
 *
 * @param {DrawnPanel} panel
 */
function topOf({ series, threshold = 0, max }) {
  if (max !== undefined) return max;
  const highest = Math.max(...series.flatMap(({ values }) => values.filter(Number.isFinite)), 0) || 1;
  return (threshold < highest * 2 ? Math.max(highest, threshold) : highest) * 1.05;
}

/** @param {DrawnPanel} panel */
function heatmapOf({ series }) {
  const times = timesOf(series);
  const most = Math.max(...series.flatMap(({ values }) => values), 1);
  const rows = [...series].sort((a, b) => boundOf(a) - boundOf(b));
  const cells = rows.flatMap((row, index) => {
    const below = rows[index - 1];
    return row.values.map((value, at) => {
      const count = value - (below?.values[below.times.indexOf(row.times[at] ?? 0)] ?? 0);
      return cellOf({ x: xOf(row.times[at] ?? 0, times), row: index, rows: rows.length, strength: Math.sqrt(Math.max(0, count) / most) });
    });
  });
  const names = rows.map(({ legend }, index) => `<text x="4" y="${HEIGHT - (index * HEIGHT) / rows.length}">${legend}</text>`);
  return svg(`${cells.join('')}${names.join('')}`);
}

/** @param {Series} bucket */
function boundOf({ legend }) {
  return legend === '+Inf' ? Infinity : Number(legend);
}

/** @param {{ x: number, row: number, rows: number, strength: number }} cell */
function cellOf({ x, row, rows, strength }) {
  const height = HEIGHT / rows;
  const y = HEIGHT - (row + 1) * height;
  return `<rect x="${x - 3}" y="${y}" width="6" height="${height - 1}" fill="#FF9830" opacity="${strength}"/>`;
}

/** @param {string} content */
function svg(content) {
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT + 8}" width="100%">${content}</svg>`;
}

/**
 * @param {string} unit
 * @param {number} top
 */
function axis(unit, top) {
  return [0, 0.5, 1]
    .map((part) => {
      const y = HEIGHT - part * (HEIGHT - 8);
      return `<line x1="${LEFT}" x2="${WIDTH}" y1="${y}" y2="${y}" stroke="#2c3235"/><text x="4" y="${y + 3}">${valueIn(unit, top * part)}</text>`;
    })
    .join('');
}

/** @param {number} part */
function lineAt(part) {
  const y = HEIGHT - part * (HEIGHT - 8);
  return `<line x1="${LEFT}" x2="${WIDTH}" y1="${y}" y2="${y}" stroke="#F2495C" stroke-dasharray="4"/>`;
}

/**
 * @param {Series} series
 * @param {readonly number[]} times
 * @param {number} top
 */
function pathOf({ times: own, values }, times, top) {
  const points = values.map((value, index) => ({ x: xOf(own[index] ?? 0, times), y: HEIGHT - (value / top) * (HEIGHT - 8) }));
  return points
    .filter(({ y }) => Number.isFinite(y))
    .map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`)
    .join('');
}

/**
 * @param {number} time
 * @param {readonly number[]} times
 */
function xOf(time, times) {
  const [first = 0, last = 1] = [times[0], times.at(-1)];
  return LEFT + ((time - first) / Math.max(1, last - first)) * (WIDTH - LEFT);
}

/** @param {readonly Series[]} series */
function timesOf(series) {
  return series.flatMap(({ times }) => times).sort((a, b) => a - b);
}

/**
 * @param {Series} series
 * @param {string} unit
 * @param {number} index
 */
function legendOf({ legend, values }, unit, index) {
  return `<li><span style="color:${colorOf(index)}">■</span> ${escaped(legend)}: ${escaped(valueIn(unit, values.at(-1) ?? NaN))}</li>`;
}

/** @param {number} index */
function colorOf(index) {
  return COLORS[index % COLORS.length] ?? '';
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
