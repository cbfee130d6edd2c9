import fc from 'fast-check';
import { chunksOf, type Ruler } from './chunks-of.js';

const RUNS = { seed: 20_371, numRuns: 300 };
const ALPHABETS = [
  ['the', 'cat', 'sat', 'Mat', 'a', 'Extraordinary', 'x'.repeat(60), '.', '!', ',', '(', "don't"],
  ['Привет', 'мир', 'μαρία', 'ß', 'straße', '.', ';'],
  ['今天', '天気', 'です', '。', '「', '」', 'カタカナ', '한국어', '입니다', '.'],
  ['สวัสดี', 'ชาวโลก', 'ခက်', 'សួស្តី'],
  ['नमस्ते', 'दुनिया', '।', 'مرحبا', 'عالم', '؟', 'שלום'],
  ['🙂', '👨‍👩‍👧', '🇩🇪', 'e\u0301', '\u0301', '👍🏽', '\u200d', '\ufe0f'],
];
const SPACES = [' ', '  ', '\n', '\n\n', '\r\n', '\r\n\r\n', '\t', '\u3000', '\u00a0', '\u2028', ''];

const texts = fc
  .array(fc.oneof(...ALPHABETS.map((alphabet) => fc.tuple(fc.constantFrom(...alphabet), fc.constantFrom(...SPACES)))), { maxLength: 120 })
  .map((parts) => parts.flat().join(''));

/** Rulers that count in the ways of tokenizers; the estimates of some are bad. */
const RULERS: readonly (readonly [string, Ruler])[] = [
  ['characters', { count: (text) => Array.from(text).length + 2, estimate: (word) => word.length }],
  [
    'words, the longest of which are one token',
    { count: (text) => text.split(/\s+/).filter((word) => word !== '').length, estimate: () => 1 },
  ],
  ['bytes, with bad estimates', { count: (text) => Buffer.byteLength(text), estimate: (word) => (word.length % 3) * 2 }],
  [
    'more for parts than for the whole',
    { count: (text) => 5 + Math.ceil(text.length / 4) + (text.length % 7), estimate: (word) => word.length / 4 },
  ],
];
const MOST_TOKENS_OF_A_CHARACTER = 7 + 9;

function rangesOf(text: string, ruler: Ruler, tokens: number, overlap = 0): readonly { start: number; end: number }[] {
  return [...chunksOf(text, ruler, { tokens, overlap })];
}

function chunksIn(text: string, ruler: Ruler, tokens: number, overlap = 0): readonly string[] {
  return rangesOf(text, ruler, tokens, overlap).map(({ start, end }) => text.slice(start, end));
}

const [[, CHARACTERS]] = RULERS as readonly [readonly [string, Ruler]];
const plain = { ...CHARACTERS, count: (text: string) => text.length };

describe.each(RULERS)('chunksOf, with tokens that are %s', (_, ruler) => {
  const sizes = fc.nat(40).map((more) => more + MOST_TOKENS_OF_A_CHARACTER);

  it('covers all but white space, in order, with chunks that are none longer than asked and repeat no more than asked', () => {
    fc.assert(
      fc.property(texts, sizes, fc.nat(100), (text, tokens, share) => {
        const overlap = Math.floor((tokens * share) / 200);
        const chunks = rangesOf(text, ruler, tokens, overlap);
        let covered = 0;
        let startBefore = -1;
        for (const { start, end } of chunks) {
          expect(text.slice(covered, start).trim()).toBe('');
          expect(start).toBeGreaterThan(startBefore);
          expect(end).toBeGreaterThan(Math.max(start, covered));
          expect(ruler.count(text.slice(start, end))).toBeLessThanOrEqual(tokens);
          expect(start < covered ? ruler.count(text.slice(start, covered)) - ruler.count('') : 0).toBeLessThanOrEqual(overlap);
          [startBefore, covered] = [start, end];
        }
        expect(text.slice(covered).trim()).toBe('');
      }),
      RUNS,
    );
  });

  it('cuts between characters as readers see them', () => {
    const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
    fc.assert(
      fc.property(texts, sizes, (text, tokens) => {
        const starts = new Set(Array.from(graphemes.segment(text), ({ index }) => index).concat(text.length));
        for (const { start, end } of rangesOf(text, ruler, tokens + 40, 5)) {
          expect([starts.has(start), starts.has(end)]).toEqual([true, true]);
        }
      }),
      RUNS,
    );
  });
});

describe('chunksOf', () => {
  it.each(['', ' ', '\n\n \t\u3000'])('gives no chunk for %j', (text) => {
    expect(chunksIn(text, plain, 10)).toEqual([]);
  });

  it('leaves a text that fits in one piece, without the space around it', () => {
    expect(chunksIn('  A b.\n\nC d.  ', plain, 20)).toEqual(['A b.\n\nC d.']);
  });

  it('ends a chunk with a paragraph rather than with a sentence', () => {
    expect(chunksIn('One is here.\n\nTwo. And so on and on', plain, 22)).toEqual(['One is here.', 'Two. And so on and on']);
  });

  it('ends a chunk with a sentence rather than with a word', () => {
    expect(chunksIn('One is here. Two goes on and on.', plain, 20)).toEqual(['One is here.', 'Two goes on and on.']);
  });

  it('ends a chunk with a word if the sentence would end in its first half', () => {
    expect(chunksIn('One. Two goes on and on and on', plain, 20)).toEqual(['One. Two goes on and', 'on and on']);
  });

  it('does not take the end of a narrow line for the end of a sentence', () => {
    expect(chunksIn('One is here and\ngoes on and on', plain, 20)).toEqual(['One is here and\ngoes', 'on and on']);
    expect(chunksIn('One is here and\nTwo is on and on', plain, 20)).toEqual(['One is here and', 'Two is on and on']);
  });

  it('ends a chunk with a sentence and with a word in scripts without spaces', () => {
    expect(chunksIn('今日は天気です。明日も天気です。', plain, 12)).toEqual(['今日は天気です。', '明日も天気です。']);
    expect(chunksIn('สวัสดีชาวโลก', plain, 10)).toEqual(['สวัสดีชาว', 'โลก']);
  });

  it('cuts a word that is longer than a chunk, and no other', () => {
    expect(chunksIn(`ab ${'x'.repeat(25)} cd ef`, plain, 10)).toEqual(['ab', 'x'.repeat(10), 'x'.repeat(10), 'xxxxx cd', 'ef']);
  });

  it('cuts what has few tokens for its length', () => {
    const unknown = { count: (text: string) => text.split(/\s+/).length, estimate: () => 1 };
    const chunks = chunksIn(`${'x'.repeat(1000)} y${' '.repeat(1000)}z`, unknown, 8);
    expect(chunks.map(({ length }) => length)).toEqual([256, 256, 256, 234, 1]);
  });

  it('repeats the end of a chunk in the next, a whole sentence if there is one', () => {
    expect(chunksIn('aa bb cc dd ee ff gg', plain, 11, 5)).toEqual(['aa bb cc dd', 'cc dd ee ff', 'ee ff gg']);
    expect(chunksIn('Aa bb. Cc d. Ee ff. Gg', plain, 12, 6)).toEqual(['Aa bb. Cc d.', 'Cc d. Ee ff.', 'Ee ff. Gg']);
  });

  it('repeats nothing where that would leave no room for anything new', () => {
    expect(chunksIn('aaaa bbbbbbbb cccccccc', plain, 9, 4)).toEqual(['aaaa', 'bbbbbbbb', 'cccccccc']);
  });

  it('refuses a character that has more tokens than a chunk', () => {
    const bytes = { count: (text: string) => Buffer.byteLength(text), estimate: (word: string) => word.length };
    expect(() => chunksIn('ab 😀', bytes, 3)).toThrow('is too small: the text has the character "😀", which has 4 tokens');
  });

  it('counts a number of characters that grows with the length of the text, not with its square', () => {
    const countedFor = (length: number, part: string): number => {
      let counted = 0;
      const ruler: Ruler = {
        count: (text) => {
          counted += text.length;
          return Math.ceil(text.length / 4);
        },
        estimate: (word) => {
          counted += word.length;
          return Math.ceil(word.length / 4);
        },
      };
      chunksIn(part.repeat(length / part.length), ruler, 100, 50);
      return counted / length;
    };
    for (const part of ['word ', 'x', 'One. ', '字', 'a\n\n', '. ', '  ', '\u0301', 'ส', '1'])
      expect(countedFor(48_000, part)).toBeLessThan(2 * countedFor(12_000, part) + 10);
  });
});
