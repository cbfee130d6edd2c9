import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import * as fc from 'fast-check';
import { TextTokenizer } from './text-tokenizer.js';

const FOLDER = join(import.meta.dirname, '../../../../models/all-MiniLM-L6-v2');
const END = { cutOff: 'end', prompt: '' } as const;
const START = { cutOff: 'start', prompt: '' } as const;
const RUNS = { seed: 20_261, numRuns: 500 };
/** Characters that normalisation changes, joins, removes or separates. */
const LETTERS = ['a', 'B', 'un', 'believ', 'able', 'é', 'e\u0301', '\u0301', 'Σ', 'ς', 'İ', 'ß', 'ﬁ', '中', '文', '한', 'ไ', 'ا', '1', '³'];
const SPACES = [' ', '  ', '\t', '\n', '\r', '\u00a0', '\u3000', '\u200b', '\u200d', '\u00ad', '\u2028', '\u0000', '\ufffd', '\ufeff'];
const OTHERS = ['.', ',', "'", '-', '_', '[', ']', '[SEP]', '[CLS]', '[MASK]', '[mask]', '##', '##s', '🙂', '👨‍👩‍👧', '\ud83d', '\ude00', '™'];

function readJson(name: string): object {
  return JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as object;
}

describe('The tokenizer of the bundled model', () => {
  const library = new Tokenizer(readJson('tokenizer.json'), readJson('tokenizer_config.json'));
  const tokenizer = new TextTokenizer({ folder: FOLDER, maxTokens: 256, lowerCase: false });
  const shortened = new TextTokenizer({ folder: FOLDER, maxTokens: 8, lowerCase: false });

  it('gives the tokens of the library for texts of any characters', () => {
    const pieces = fc.array(fc.constantFrom(...LETTERS, ...SPACES, ...OTHERS), { maxLength: 40 }).map((parts) => parts.join(''));
    const texts = fc.oneof(pieces, fc.string({ unit: 'binary', maxLength: 60 }), fc.lorem({ maxCount: 20 }));
    fc.assert(
      fc.property(texts, (text) => {
        expect([...tokenizer.tokenize(text, END).ids]).toEqual(library.encode(text).ids);
      }),
      RUNS,
    );
  });

  it('gives the same tokens to a word that occurred before, and to a word as long as a text', () => {
    const text = `Unbelievable! unbelievable? ${'x'.repeat(30)} ${'y'.repeat(101)} unbelievable`;
    const first = tokenizer.tokenize(text, END);
    expect([...first.ids]).toEqual(library.encode(text).ids);
    expect(tokenizer.tokenize(text, END)).toEqual(first);
  });

  it('gives the right tokens after more words than it remembers', () => {
    const few = new TextTokenizer({ folder: FOLDER, maxTokens: 256, lowerCase: false });
    for (let word = 0; word < 33_000; word += 100) few.tokenize(Array.from({ length: 100 }, (_, at) => `w${word + at}`).join(' '), END);
    expect([...few.tokenize('w1 w2 w32999', END).ids]).toEqual(library.encode('w1 w2 w32999').ids);
  });

  it('cuts at the requested side, between the special tokens, and counts the cut tokens', () => {
    const { ids } = library.encode('one two three four five six seven eight nine');
    const end = shortened.tokenize('one two three four five six seven eight nine', END);
    const start = shortened.tokenize('one two three four five six seven eight nine', START);
    expect([...end.ids]).toEqual([...ids.slice(0, 7), ids.at(-1)]);
    expect([...start.ids]).toEqual([ids[0], ...ids.slice(-7)]);
    expect(end.inputTokens).toBe(11);
  });
});
