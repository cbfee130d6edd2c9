import { copyButton } from './copy-button.js';
import { make } from './dom.js';

const SHOWN_VALUES = 8;

/**
 * @param {HTMLElement} panel
 * @param {import('./embed-call.js').Answer} answer
 */
export function showVectors(panel, answer) {
  const { texts, vectors } = answer;
  const dimensions = vectors[0]?.length ?? 0;
  const all = copyButton('Copy all vectors as JSON', () => JSON.stringify(vectors), 'Copy all');
  panel.replaceChildren(
    make('div', { class: 'code-head' }, [
      make('p', { class: 'view-note', text: `${dimensions} numbers each; the stripe shows them all, blue above zero, orange below.` }),
      all,
    ]),
    make(
      'ol',
      { class: 'vectors', tabindex: '0', 'aria-label': 'Vectors' },
      texts.map((text, index) => vectorItem(answer, text, index)),
    ),
  );
}

/**
 * @param {import('./embed-call.js').Answer} answer
 * @param {string} text
 * @param {number} index
 */
function vectorItem({ vectors, cached, truncated }, text, index) {
  const vector = vectors[index] ?? [];
  const head = make('div', { class: 'vector-head' }, [make('span', { class: 'text', title: text, text })]);
  head.append(
    cached[index] ? make('span', { class: 'badge cached', text: 'from the cache' }) : make('span', { class: 'badge', text: 'computed' }),
  );
  if (truncated[index]) head.append(make('span', { class: 'badge cut', text: 'end cut off' }));
  head.append(copyButton(`Copy vector ${index + 1} as JSON`, () => JSON.stringify(vector)));
  const values = vector.slice(0, SHOWN_VALUES).map((value) => value.toFixed(4));
  return make('li', {}, [head, stripe(vector), make('p', { class: 'values', text: `${values.join(', ')}, …` })]);
}

/** @param {readonly number[]} vector */
function stripe(vector) {
  const canvas = make('canvas', { class: 'strip', width: String(vector.length), height: '1', 'aria-hidden': 'true' });
  const context = canvas.getContext('2d');
  const largest = Math.max(...vector.map(Math.abs), 1e-9);
  for (const [index, value] of vector.entries()) {
    if (context === null) break;
    // Both colours are readable on a light and on a dark background.
    context.fillStyle = value > 0 ? `rgb(58 124 240 / ${value / largest})` : `rgb(236 128 32 / ${-value / largest})`;
    context.fillRect(index, 0, 1, 1);
  }
  return canvas;
}
