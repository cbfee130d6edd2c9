/** For tests: the program of a TextThread that gives the lengths of texts, fails at one text and dies at another. */
import { serveTexts } from './serve-texts.js';

serveTexts({
  workOn: (text) => {
    if (text === 'fail') throw new Error('this text cannot be read');
    if (text === 'die') process.exit(7);
    return text.length;
  },
  pack: (lengths) => lengths,
  rulerOf: (prompt) => ({ count: (text) => (prompt + text).length, estimate: (word) => word.length }),
});
