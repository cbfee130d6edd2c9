import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import * as fc from 'fast-check';
import type { Reading } from '../../scheduling/embedding-queue.port.js';
import { packed, unpacked } from './packed-texts.js';
import { TextTokenizer } from './text-tokenizer.js';
import type { TokenizedText } from './tokenizer-messages.js';

const FOLDER = join(import.meta.dirname, '../../../../models/all-MiniLM-L6-v2');
const END = { fit: 'end', prompt: '' } as const;
const START = { fit: 'start', prompt: '' } as const;
const RUNS = { seed: 20_261, numRuns: 500 };
/** Characters that normalisation changes, joins, removes or separates. */
const LETTERS = ['a', 'B', 'un', 'believ', 'able', 'é', 'e\u0301', '\u0301', 'Σ', 'ς', 'İ', 'ß', 'ﬁ', '中', '文', '한', 'ไ', 'ا', '1', '³'];
const SPACES = [' ', '  ', '\t', '\n', '\r', '\u00a0', '\u3000', '\u200b', '\u200d', '\u00ad', '\u2028', '\u0000', '\ufffd', '\ufeff'];
const OTHERS = ['.', ',', "'", '-', '_', '[', ']', '[SEP]', '[CLS]', '[MASK]', '[mask]', '##', '##s', '🙂', '👨‍👩‍👧', '\ud83d', '\ude00', '™'];

function readJson(name: string): object {
  return JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as object;
}

/** The tokens of a text in one piece. */
function whole(own: TextTokenizer, text: string, reading: Reading = END): TokenizedText {
  const [only, ...others] = own.tokenize(text, reading);
  if (only === undefined || others.length > 0) throw new Error('not in one piece');
  return only;
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
        expect([...whole(tokenizer, text).ids]).toEqual(library.encode(text).ids);
      }),
      RUNS,
    );
  });

  it('gives the same tokens to a word that occurred before, and to a word as long as a text', () => {
    const text = `Unbelievable! unbelievable? ${'x'.repeat(30)} ${'y'.repeat(101)} unbelievable`;
    const first = whole(tokenizer, text);
    expect([...first.ids]).toEqual(library.encode(text).ids);
    expect(whole(tokenizer, text)).toEqual(first);
  });

  it('gives the right tokens after more words than it remembers', () => {
    const few = new TextTokenizer({ folder: FOLDER, maxTokens: 256, lowerCase: false });
    for (let word = 0; word < 33_000; word += 100) few.tokenize(Array.from({ length: 100 }, (_, at) => `w${word + at}`).join(' '), END);
    expect([...whole(few, 'w1 w2 w32999').ids]).toEqual(library.encode('w1 w2 w32999').ids);
  });

  it('reads a text at once only if few of its words are new, and none of these is long', () => {
    const words = new TextTokenizer({ folder: FOLDER, maxTokens: 256, lowerCase: false });
    const known = 'The cat, and 2 dogs; '.repeat(100);
    expect(words.tokenizeKnown(known, END, 0)).toEqual([whole(tokenizer, known)]);
    expect(words.tokenizeKnown('grxx brxx', END, 1)).toBeUndefined();
    expect(words.tokenizeKnown('grxx brxx', END, 1)).toEqual([whole(tokenizer, 'grxx brxx')]); // the first of them is known now
    expect(words.tokenizeKnown('x'.repeat(30), END, 1)).toBeUndefined();
  });

  it('cuts at the requested side, between the special tokens, and counts the cut tokens', () => {
    const { ids } = library.encode('one two three four five six seven eight nine');
    const end = whole(shortened, 'one two three four five six seven eight nine');
    const start = whole(shortened, 'one two three four five six seven eight nine', START);
    expect([...end.ids]).toEqual([...ids.slice(0, 7), ids.at(-1)]);
    expect([...start.ids]).toEqual([ids[0], ...ids.slice(-7)]);
    expect(end.inputTokens).toBe(11);
  });

  it('makes windows of a text that is too long, each with its prompt and the special tokens', () => {
    const twenty = new TextTokenizer({ folder: FOLDER, maxTokens: 20, lowerCase: false });
    const words = Array.from({ length: 40 }, (_, index) => String(index));
    const reading = { fit: 'windows', prompt: 'query: ' } as const;
    const ids = library.encode(`query: ${words.join(' ')}`).ids;
    const [head, tail] = [ids.slice(0, 3), ids.slice(-1)];
    const own = ids.slice(3, -1);
    // 20 tokens less three before and one behind leave 16, of which two are also in the window before
    const expected = [own.slice(0, 16), own.slice(14, 30), own.slice(28)].map((part) => [...head, ...part, ...tail]);
    const windows = twenty.tokenize(words.join(' '), reading);
    expect(windows.map((window) => [...window.ids])).toEqual(expected);
    expect(windows).toMatchObject([
      { tokens: 20, inputTokens: 20, ownTokens: 16, promptTokens: 3 },
      { tokens: 20, inputTokens: 20, ownTokens: 16, promptTokens: 3 },
      { tokens: 16, inputTokens: 16, ownTokens: 12, promptTokens: 3 },
    ]);
  });

  it('makes one window of a text that fits, and cuts a text that has no room behind its prompt', () => {
    const windows = { fit: 'windows', prompt: '' } as const;
    expect(shortened.tokenize('one two three four five six', windows)).toEqual([whole(shortened, 'one two three four five six')]);
    const long = { fit: 'windows', prompt: 'one two three four five six seven ' } as const;
    expect(shortened.tokenize('eight nine', long)).toEqual([whole(shortened, 'eight nine', { ...long, fit: 'end' })]);
    expect(whole(shortened, 'eight nine', long)).toMatchObject({ tokens: 8, inputTokens: 11, ownTokens: 0 });
  });

  it('gives threads what it gave', () => {
    const texts = ['one', 'one two three four five six seven eight nine', ''].map((text) =>
      shortened.tokenize(text, { fit: 'windows', prompt: '' }),
    );
    expect(unpacked(packed(texts))).toEqual(texts);
  });
});
