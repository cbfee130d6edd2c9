import { shorten } from './dom.js';

/** Lengths that are tried in turn, because a short caption is better than none. */
const CHARACTERS = [44, 28, 16];
const HEIGHT = 18;

const context = document.createElement('canvas').getContext('2d');

/** @typedef {{ left: number, right: number, top: number, bottom: number }} Box */

/**
 * Finds a free place for a caption: right, left, below or above a point; undefined = there is none.
 *
 * @param {{ x: number, y: number }} point
 * @param {string} text
 * @param {{ width: number, height: number, gap: number, taken: Box[] }} drawing the place is added to `taken`
 */
export function placeCaption({ x, y }, text, { width, height, gap, taken }) {
  for (const most of CHARACTERS) {
    const caption = shorten(text, most);
    const length = widthOf(caption);
    const starts = [
      { left: x + gap, middle: y },
      { left: x - gap - length, middle: y },
      { left: x - length / 2, middle: y + gap + HEIGHT / 2 - 2 },
      { left: x - length / 2, middle: y - gap - HEIGHT / 2 + 2 },
    ];
    for (const { left, middle } of starts) {
      const box = { left, right: left + length, top: middle - HEIGHT / 2, bottom: middle + HEIGHT / 2 };
      const isInside = box.left > 4 && box.right < width - 4 && box.top > 4 && box.bottom < height - 4;
      if (!isInside || taken.some((placed) => overlap(box, placed))) continue;
      taken.push(box);
      return { caption, x: left, y: middle };
    }
  }
  return undefined;
}

/** @param {string} caption */
function widthOf(caption) {
  if (context === null) return caption.length * 8;
  context.font = `13px ${getComputedStyle(document.body).fontFamily}`;
  return context.measureText(caption).width;
}

/**
 * @param {Box} first
 * @param {Box} second
 */
function overlap(first, second) {
  return first.left < second.right && second.left < first.right && first.top < second.bottom && second.top < first.bottom;
}
