import { make } from './dom.js';

/** @typedef {readonly { readonly index: number, readonly cosine: number }[]} Ranked texts, the nearest first */

/**
 * Shows the nearest texts in their order, each with its cosine.
 *
 * @param {HTMLOListElement} list
 * @param {readonly string[]} texts
 * @param {Ranked} ranked
 */
export function showRanked(list, texts, ranked) {
  list.replaceChildren(
    ...ranked.map(({ index, cosine }) => {
      const bar = make('span', { class: 'found-bar', 'aria-hidden': 'true' });
      bar.style.setProperty('--share', String(Math.max(0, cosine)));
      const score = make('b', { text: cosine.toFixed(3).replace('-0.000', '0.000') });
      return make('li', {}, [score, make('span', { class: 'found-text' }, [texts[index] ?? '', bar])]);
    }),
  );
}

/**
 * How many texts are in both.
 *
 * @param {Ranked} left
 * @param {Ranked} right
 */
export function sharedBy(left, right) {
  const indexes = new Set(right.map(({ index }) => index));
  return left.filter(({ index }) => indexes.has(index)).length;
}
