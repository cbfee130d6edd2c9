/** Compares the service's tokenizer with the reference library's token ids, text by text. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {typeof import('../../src/embedding/local/tokenization/text-tokenizer.js')} TokenizerModule */

const PROGRAM = new URL('../../build/embedding/local/tokenization/text-tokenizer.js', import.meta.url).href;
const MAX_TOKENS = 100_000;

/**
 * @param {string} folder with a tokenizer
 * @param {string} file of texts and their tokens
 * @returns {Promise<{ texts: number, differences: string[] }>} a line for each text that differs
 */
export async function compareTokens(folder, file) {
  const { TextTokenizer } = /** @type {TokenizerModule} */ (await import(PROGRAM));
  const tokenizer = new TextTokenizer({ folder, maxTokens: MAX_TOKENS, lowerCase: false });
  const lines = readFileSync(join(folder, file), 'utf8').trim().split('\n');
  const cases = lines.map((line) => /** @type {{ text: string, ids: number[] }} */ (JSON.parse(line)));
  const differences = cases.flatMap(({ text, ids }) => {
    const own = tokenizer.tokenize(text, { fit: 'end', prompt: '' }).flatMap((whole) => [...whole.ids]);
    return own.join() === ids.join() ? [] : [differenceOf(text, own, ids)];
  });
  return { texts: cases.length, differences };
}

/**
 * @param {string} text
 * @param {readonly number[]} own
 * @param {readonly number[]} ids
 */
function differenceOf(text, own, ids) {
  const at = ids.findIndex((id, index) => id !== own[index]);
  const points = [...text].map((letter) => letter.codePointAt(0)?.toString(16)).join(' ');
  return `from token ${at} on: ${own.slice(at, at + 4).join(' ')} where the library has ${ids.slice(at, at + 4).join(' ')}; code points ${points}`;
}
