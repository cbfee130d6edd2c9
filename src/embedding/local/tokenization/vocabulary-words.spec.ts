import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import * as fc from 'fast-check';
import type { TokenizerConfig } from './tokenizer-config.js';
import { VocabularyWords } from './vocabulary-words.js';

const FILE = join(import.meta.dirname, '../../../../models/all-MiniLM-L6-v2/tokenizer.json');
const BERT = JSON.parse(readFileSync(FILE, 'utf8')) as TokenizerConfig & { readonly model: { readonly vocab: Record<string, number> } };
const CASED: TokenizerConfig = { ...BERT, normalizer: { ...BERT.normalizer, lowercase: false } };

function withAddedToken(content: string, normalized: boolean): TokenizerConfig {
  const token = { id: 30_522, content, special: false, single_word: false, lstrip: false, rstrip: false, normalized };
  return { ...BERT, added_tokens: [...(BERT.added_tokens ?? []), token] };
}

/** How a tokenizer reads a word, by the library, and by the vocabulary (undefined = not at all). */
function readersOf(config: TokenizerConfig): {
  library(word: string): readonly number[];
  vocabulary(word: string): readonly number[] | undefined;
} {
  const tokenizer = new Tokenizer(config, {});
  const words = new VocabularyWords(tokenizer, config);
  return {
    library: (word) => tokenizer.encode(word, { add_special_tokens: false }).ids,
    vocabulary: (word) => words.idsOf(word),
  };
}

describe('VocabularyWords', () => {
  it('gives every entry of the vocabulary the tokens of the library', () => {
    const { library, vocabulary } = readersOf(BERT);
    const found = Object.keys(BERT.model.vocab).filter((entry) => vocabulary(entry) !== undefined);
    const other = found.filter((entry) => vocabulary(entry)?.join() !== library(entry).join());
    expect(found.length).toBeGreaterThan(20_000);
    expect(other).toEqual([]);
  });

  it.each([
    { tokenizer: 'without upper case', config: BERT },
    { tokenizer: 'with upper case', config: CASED },
    { tokenizer: 'with an added token that is compared with the text as it is', config: withAddedToken('Word', false) },
    { tokenizer: 'with an added token that is compared with the text in lower case', config: withAddedToken('Word', true) },
  ])('gives any word the tokens of the library, or none: a tokenizer $tokenizer', ({ config }) => {
    const { library, vocabulary } = readersOf(config);
    const parts = [
      'a',
      'B',
      'the',
      'Word',
      'word',
      'WORD',
      '2024',
      "n't",
      '.',
      ',',
      '-',
      '##',
      '##s',
      '[',
      '[SEP]',
      '[MASK]',
      'é',
      '\u0007',
      '中',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { minLength: 1, maxLength: 6 }), (chosen) => {
        const word = chosen.join('');
        const ids = vocabulary(word);
        expect(ids ?? library(word)).toEqual(library(word));
      }),
      { seed: 20_261, numRuns: 500 },
    );
    expect(vocabulary('The,')).toEqual(config === CASED ? undefined : library('The,'));
  });

  it.each(['xyzzyx', 'the-xyzzyx', 'the[', '[SEP]', 'é', 'a b', '', '\u0007'])('leaves %j to the library', (word) => {
    expect(readersOf(BERT).vocabulary(word)).toBeUndefined();
  });
});
