import { words } from './vocabulary.js';

/** @typedef {readonly [fewest: number, most: number]} TokenRange Of one text, [CLS] and [SEP] included. */

/** Texts of one length. @param {number} tokens @returns {TokenRange} */
export function textsOf(tokens) {
  return [tokens, tokens];
}

/** Around 32 tokens: a sentence or two. @type {TokenRange} */
export const shortTexts = [27, 37];
/** Around 131 tokens: a paragraph. @type {TokenRange} */
export const longTexts = [111, 151];

const specialTokens = 2;

/** Makes texts of random words and lengths. With some 8,000 words no two texts are equal, nor are those of two seeds. */
export class TextSource {
  /**
   * @param {TokenRange} range
   * @param {number} [seed]
   */
  constructor([fewest, most], seed = Math.random() * 2 ** 32) {
    this.fewest = fewest;
    this.most = most;
    this.state = seed >>> 0;
  }

  /** @param {number} count */
  take(count) {
    return Array.from({ length: count }, () => this.next());
  }

  next() {
    let length = this.fewest + this.below(this.most - this.fewest + 1) - specialTokens;
    let text = words[this.below(words.length)] ?? '';
    while (--length > 0) text += ` ${words[this.below(words.length)]}`;
    return text;
  }

  /** mulberry32: takes a few nanoseconds, and is random enough for words. @param {number} bound */
  below(bound) {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  }
}
