import { make, makeSvg } from './dom.js';

const DOTS = [
  [30, 62, 9],
  [52, 72, 6],
  [46, 46, 5],
  [112, 24, 9],
  [128, 40, 6],
  [122, 78, 7],
];

/**
 * Makes the content of a view that has no data yet.
 *
 * @param {string} words
 */
export function emptyView(words) {
  const picture = makeSvg('svg', { viewBox: '0 0 160 100', width: 160, height: 100, 'aria-hidden': 'true' });
  picture.append(makeSvg('line', { x1: 0, y1: 50, x2: 160, y2: 50 }), makeSvg('line', { x1: 80, y1: 0, x2: 80, y2: 100 }));
  picture.append(...DOTS.map(([cx = 0, cy = 0, r = 0]) => makeSvg('circle', { cx, cy, r })));
  return make('div', { class: 'empty' }, [picture, make('p', { text: words })]);
}
