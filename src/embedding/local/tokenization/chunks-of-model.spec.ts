import { join } from 'node:path';
import * as fc from 'fast-check';
import { chunksIn, cutText, titled, type Chunk, type ChunkSize, type Document, type Ruler } from '../../../chunks/index.js';
import { rulerOf } from '../../openai/count-text.js';
import { TextTokenizer } from './text-tokenizer.js';

const FOLDER = join(import.meta.dirname, '../../../../models/all-MiniLM-L6-v2');
const RUNS = { seed: 20_372, numRuns: 60 };
const PROMPT = 'passage: ';
const WORDS = [
  'The',
  'quick',
  'unbelievable',
  'fox.',
  'Jumps!',
  'x'.repeat(120),
  'https://example.org/a-b?c=d&e',
  '3.14',
  '##',
  '[SEP]',
  '—',
];
const OTHERS = [
  '今天天气很好。',
  'สวัสดีชาวโลก',
  'नमस्ते',
  'مرحبا',
  '한국어 입니다.',
  '🙂',
  '👨‍👩‍👧',
  'e\u0301',
  '\u0301',
  '\u200b',
  '\u00ad',
  '\ufffd',
];
const SPACES = [' ', ' ', ' ', '\n', '\n\n', '\r\n', '\t', ''];
const texts = fc
  .array(fc.tuple(fc.constantFrom(...WORDS, ...OTHERS), fc.constantFrom(...SPACES)), { maxLength: 150 })
  .map((parts) => parts.flat().join(''));

function cut(document: Document, ruler: Ruler, size: ChunkSize): readonly Chunk[] {
  const steps = cutText(document, ruler, size);
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return [...chunksIn(document.text, step.value)];
}

const bundled = new TextTokenizer({ folder: FOLDER, maxTokens: 256, lowerCase: false });

describe.each([
  ['the bundled model', bundled.rulerOf(PROMPT), (text: string) => bundled.tokenize(text, { fit: 'end', prompt: PROMPT })[0]?.inputTokens],
  ['OpenAI', rulerOf(PROMPT), (text: string) => rulerOf('').count(PROMPT) + rulerOf('').count(text)],
])('chunks with the tokens of %s', (_, ruler, tokensOf) => {
  it('have no more tokens than asked, with title, prompt and special tokens, and are in the text where they say', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 24, max: 128 }), fc.constantFrom('', 'A title'), (text, tokens, title) => {
        const characters = Array.from(text);
        let end = 0;
        for (const chunk of cut({ title, text }, ruler, { tokens, overlap: Math.floor(tokens / 8) })) {
          expect(tokensOf(titled(title, chunk.text))).toBeLessThanOrEqual(tokens);
          expect(characters.slice(chunk.start, chunk.end).join('')).toBe(chunk.text);
          expect(characters.slice(end, chunk.start).join('').trim()).toBe('');
          end = chunk.end;
        }
        expect(characters.slice(end).join('').trim()).toBe('');
      }),
      RUNS,
    );
  });

  it('are mostly full', () => {
    const text = 'The quick brown fox jumps over the lazy dog and runs through a field of tall grass '.repeat(40);
    const chunks = cut({ title: '', text }, ruler, { tokens: 64, overlap: 0 });
    for (const chunk of chunks.slice(0, -1)) expect(tokensOf(chunk.text)).toBeGreaterThan(56);
  });
});
