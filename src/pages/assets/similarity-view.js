import { make, shorten } from './dom.js';
import { cosines, rankedPairs } from './vector-math.js';

/** With more texts, cells are too small for their number. It then appears under the pointer and in screen readers. */
const MOST_WITH_NUMBERS = 10;
/** Which rows and columns show their number: with many texts there is room for some only. */
const MARK_STEPS = [
  { most: 20, step: 1 },
  { most: 50, step: 5 },
  { most: Number.POSITIVE_INFINITY, step: 10 },
];
const SHOWN_PAIRS = 3;
const NAME_CHARACTERS = 60;

/**
 * Makes a table of cosines with coloured cells, which is a picture and its accessible alternative in one.
 *
 * @param {HTMLElement} panel
 * @param {readonly string[]} texts
 * @param {readonly (readonly number[])[]} vectors
 */
export function showSimilarity(panel, texts, vectors) {
  const matrix = cosines(vectors);
  const names = texts.map((text) => shorten(text, NAME_CHARACTERS));
  const readout = make('p', { class: 'view-note', text: 'Cosine of each pair: 1 = the same direction, 0 = nothing in common.' });
  const table = heatTable(names, matrix);
  table.addEventListener('pointerover', ({ target }) => {
    const cell = target instanceof Element ? target.closest('td') : null;
    if (cell === null) return;
    const [row, column] = [Number(cell.parentElement?.dataset['row']), cell.cellIndex - 1];
    readout.textContent = `${cell.textContent}: “${names[row]}” and “${names[column]}”`;
  });
  panel.replaceChildren(readout, make('div', { class: 'heat-frame' }, [table]), ...closestPairs(names, matrix));
}

/**
 * @param {readonly string[]} names
 * @param {readonly (readonly number[])[]} matrix
 */
function heatTable(names, matrix) {
  const isDense = names.length > MOST_WITH_NUMBERS;
  const step = MARK_STEPS.find(({ most }) => names.length <= most)?.step ?? 1;
  const marked = (/** @type {number} */ index) => (index === 0 || (index + 1) % step === 0 ? 'marked' : 'unmarked');
  const heads = names.map((name, index) => make('th', { scope: 'col', class: marked(index), title: name, text: String(index + 1) }));
  const rows = matrix.map((row, index) => {
    const head = make('th', { scope: 'row', class: marked(index), text: String(index + 1) });
    if (!isDense) head.append(make('span', { class: 'name', text: ` ${names[index]}` }));
    return make('tr', { 'data-row': String(index) }, [head, ...row.map(heatCell)]);
  });
  const table = make('table', { class: isDense ? 'heat dense' : 'heat' }, [
    make('caption', { class: 'visually-hidden', text: 'Cosine similarity of each text with each other' }),
    make('thead', {}, [make('tr', {}, [make('th', { scope: 'col', text: '#' }), ...heads])]),
    make('tbody', {}, rows),
  ]);
  table.style.setProperty('--count', String(names.length));
  return table;
}

/** @param {number} cosine */
function heatCell(cosine) {
  const cell = make('td', { text: inDigits(cosine) });
  cell.style.setProperty('--heat', String(Math.max(0, Math.min(1, cosine))));
  return cell;
}

/**
 * @param {readonly string[]} names
 * @param {readonly (readonly number[])[]} matrix
 */
function closestPairs(names, matrix) {
  const pairs = rankedPairs(matrix).slice(0, SHOWN_PAIRS);
  if (pairs.length === 0) return [];
  const items = pairs.map(({ first, second, cosine }) =>
    make('li', {}, [make('b', { text: inDigits(cosine) }), `${names[first]} ↔ ${names[second]}`]),
  );
  return [make('ul', { class: 'pairs', 'aria-label': 'Most alike' }, items)];
}

/** @param {number} cosine */
function inDigits(cosine) {
  return cosine.toFixed(2).replace('-0.00', '0.00');
}
