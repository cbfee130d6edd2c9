import { readFileSync } from 'node:fs';

/**
 * Common words of the bundled model that are one token each, and their ids. A text of these words has one token for each
 * word, plus [CLS] and [SEP], so its ids are known without a tokenizer.
 */
const ids = readVocabulary();

export const modelFolder = new URL('../models/all-MiniLM-L6-v2/', import.meta.url);
export const words = [...ids.keys()];

const cls = 101;
const sep = 102;

/** @param {string} text Words of the vocabulary, with spaces between them. */
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
