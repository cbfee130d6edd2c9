import { readFileSync } from 'node:fs';

/**
 * Common words of the bundled model that are one token each, and their ids. So a text of such words has as many tokens
 * as words, plus [CLS] and [SEP], and no tokenizer is needed to know its ids.
 */
const ids = readVocabulary();

export const modelFolder = new URL('../models/all-MiniLM-L6-v2/', import.meta.url);
export const words = [...ids.keys()];

const cls = 101;
const sep = 102;

/** @param {string} text Words of the vocabulary, a space between them. */
export function tokenIds(text) {
  return [cls, ...text.split(' ').map(idOf), sep];
}

/** @param {string} word */
function idOf(word) {
  const id = ids.get(word);
  if (id === undefined) throw new Error(`${word} is not a word of the vocabulary`);
  return id;
}

function readVocabulary() {
  const file = new URL('../models/all-MiniLM-L6-v2/tokenizer.json', import.meta.url);
  const { model } = /** @type {{ model: { vocab: Record<string, number> } }} */ (JSON.parse(readFileSync(file, 'utf8')));
  const common = Object.entries(model.vocab).filter(([word, id]) => /^[a-z]{3,10}$/.test(word) && id >= 1996 && id < 12_000);
  return new Map(common);
}
