import { randomNumbers } from './random-numbers.js';

const LENGTH = 10_000;
const WORDS = 'river engine paper market winter signal garden theory metal harbour lemon thread border candle window pattern'.split(' ');

/** Makes different texts of the longest allowed length, so that the model reads its most tokens of each. */
export function longTexts(count: number, seed = 1): readonly string[] {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, () => {
    let text = '';
    while (text.length < LENGTH) text += `${WORDS[Math.floor(random() * WORDS.length)] ?? ''} ${Math.floor(random() * 1000)} `;
    return text.slice(0, LENGTH);
  });
}
