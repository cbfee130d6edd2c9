import { randomNumbers } from './random-numbers.js';

const LENGTH = 10_000;
const WORDS = 'river engine paper market winter signal garden theory metal harbour lemon thread border candle window pattern'.split(' ');

/** Texts as long as a text may be, each another one: the model reads all the tokens that it can of each. */
export function longTexts(count: number, seed = 1): readonly string[] {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, () => {
    let text = '';
    while (text.length < LENGTH) text += `${WORDS[Math.floor(random() * WORDS.length)] ?? ''} ${Math.floor(random() * 1000)} `;
    return text.slice(0, LENGTH);
  });
}
