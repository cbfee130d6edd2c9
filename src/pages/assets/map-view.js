import { make, makeSvg } from './dom.js';
import { emptyView } from './empty-view.js';
import { placeCaption } from './map-captions.js';
import { project } from './vector-math.js';

const HEIGHT = 360;
const MARGIN = 28;
const RADIUS = 10;
/** From the middle of a circle to an edge of the drawing, at least: its radius, its line and a gap. */
const EDGE = RADIUS + 3;
/** Rounds of moving points apart; more rounds change nothing visible. */
const ROUNDS = 40;

/** @type {ResizeObserver | undefined} */
let observer;

/**
 * Draws texts as points on a plane, in the width of the panel, so that captions stay readable on a narrow screen.
 *
 * @param {HTMLElement} panel
 * @param {import('./embed-call.js').Answer} answer
 */
export function showMap(panel, answer) {
  const { texts, vectors, cached } = answer;
  observer?.disconnect();
  if (texts.length < 2) {
    panel.replaceChildren(emptyView('A map needs at least two texts.'));
    return;
  }
  const { points, kept } = project(vectors);
  const share = Math.round(100 * kept.reduce((sum, part) => sum + part, 0));
  const note = `Close together = alike in meaning. A plane keeps ${share} % of the differences between these vectors (PCA).`;
  const legend = cached.includes(true) ? ' Hollow: from the cache.' : '';
  const frame = make('div');
  panel.replaceChildren(make('p', { class: 'view-note', text: note + legend }), frame);
  observer = new ResizeObserver(() => {
    if (frame.clientWidth > 0) frame.replaceChildren(drawing(frame.clientWidth, answer, points));
  });
  observer.observe(frame);
}

/** @typedef {{ x: number, y: number }} Point */

/**
 * @param {number} width
 * @param {import('./embed-call.js').Answer} answer
 * @param {readonly Point[]} points
 */
function drawing(width, { texts, cached }, points) {
  const label = `Map of ${texts.length} texts. The similarity table says the same in numbers.`;
  const svg = makeSvg('svg', { class: 'map', viewBox: `0 0 ${width} ${HEIGHT}`, height: HEIGHT, role: 'img', 'aria-label': label });
  const places = apart(fitted(points, width), width);
  svg.append(
    makeSvg('line', { class: 'axis', x1: width / 2, x2: width / 2, y1: 0, y2: HEIGHT }),
    makeSvg('line', { class: 'axis', x1: 0, x2: width, y1: HEIGHT / 2, y2: HEIGHT / 2 }),
  );
  const taken = places.map(({ x, y }) => ({ left: x - RADIUS, right: x + RADIUS, top: y - RADIUS, bottom: y + RADIUS }));
  for (const [index, place] of places.entries()) {
    const text = texts[index] ?? '';
    svg.append(dot(place, { index, text, isCached: cached[index] === true }));
    const placed = placeCaption(place, text, { width, height: HEIGHT, gap: RADIUS + 5, taken });
    if (placed !== undefined) svg.append(makeSvg('text', { class: 'caption', x: placed.x, y: placed.y }, placed.caption));
  }
  return svg;
}

/**
 * @param {Point} place
 * @param {{ index: number, text: string, isCached: boolean }} named
 */
function dot({ x, y }, { index, text, isCached }) {
  const group = makeSvg('g', isCached ? { class: 'cached' } : {});
  group.append(
    makeSvg('title', {}, text),
    makeSvg('circle', { cx: x, cy: y, r: RADIUS }),
    makeSvg('text', { class: 'number', x, y }, String(index + 1)),
  );
  return group;
}

/**
 * Moves and scales the points into the drawing, by one factor in both directions, so that distances stay comparable.
 *
 * @param {readonly Point[]} points
 * @param {number} width
 */
function fitted(points, width) {
  const reachX = Math.max(...points.map(({ x }) => Math.abs(x)), 1e-9);
  const reachY = Math.max(...points.map(({ y }) => Math.abs(y)), 1e-9);
  const scale = Math.min((width / 2 - MARGIN) / reachX, (HEIGHT / 2 - MARGIN) / reachY);
  return points.map(({ x, y }) => ({ x: width / 2 + x * scale, y: HEIGHT / 2 - y * scale }));
}

/**
 * Moves points apart that would cover each other, by little more than their own size, and keeps them inside the drawing.
 *
 * @param {readonly Point[]} points
 * @param {number} width
 */
function apart(points, width) {
  const moved = points.map((point) => ({ ...point }));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, first] of moved.entries()) {
      for (const second of moved.slice(index + 1)) separate(first, second);
    }
    for (const point of moved) {
      point.x = within(point.x, EDGE, width - EDGE);
      point.y = within(point.y, EDGE, HEIGHT - EDGE);
    }
  }
  return moved;
}

/**
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
function within(value, least, most) {
  return Math.min(Math.max(value, least), most);
}

/**
 * @param {Point} first
 * @param {Point} second
 */
function separate(first, second) {
  const [x, y] = [second.x - first.x, second.y - first.y];
  const distance = Math.hypot(x, y);
  const missing = 2 * RADIUS - distance;
  if (missing <= 0) return;
  // Equal vectors are on one point: any direction works if it is always the same.
  const [stepX, stepY] = distance < 1e-6 ? [missing / 2, 0] : [(x / distance) * (missing / 2), (y / distance) * (missing / 2)];
  first.x -= stepX;
  first.y -= stepY;
  second.x += stepX;
  second.y += stepY;
}
