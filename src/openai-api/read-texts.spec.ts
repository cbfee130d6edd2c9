import { encode } from 'gpt-tokenizer/encoding/cl100k_base';
import { inputsOf } from './embedding-input.js';
import { readTexts } from './read-texts.js';

const LIMITS = { maxTextLength: 8 };

describe('readTexts', () => {
  it('keeps texts unchanged and decodes tokens', async () => {
    expect(await readTexts(inputsOf(['a', encode('b c'), 'd']), LIMITS)).toEqual(['a', 'b c', 'd']);
    expect(await readTexts(inputsOf(encode('b c')), LIMITS)).toEqual(['b c']);
  });

  it('reads half a surrogate pair as U+FFFD', async () => {
    expect(await readTexts(inputsOf('\ud83d'), LIMITS)).toEqual(['\ufffd']);
  });

  it.each([
    ['an empty text', '', 'must not be empty'],
    ['a text that is too long', 'a'.repeat(9), 'must have at most 8 characters (MAX_TEXT_LENGTH), not 9'],
    ['what is neither text nor tokens', 3, 'must be a string or an array of token ids'],
    ['nothing', null, 'must be a string or an array of token ids'],
    ['no tokens', [], 'must not be empty'],
    ['tokens of a text that is too long', encode('a b c d e f'), 'must have at most 8 characters (MAX_TEXT_LENGTH)'],
    ['more tokens than can be short enough', Array(33).fill(64), 'must have at most 8 characters (MAX_TEXT_LENGTH)'],
    ['a token that is not there', [64, 100_256], 'must hold token ids of cl100k_base, which 100256 is not; or send the text itself'],
    ['half a token', [0.5], 'must hold token ids of cl100k_base, which 0.5 is not; or send the text itself'],
    ['what is no token', [64, 'b'], 'must hold token ids of cl100k_base, which a string is not; or send the text itself'],
  ])('names %s by its place', async (_, value, message) => {
    expect(await readTexts(inputsOf(['a', value, 'b']), LIMITS)).toEqual(['a', { field: 'input[1]', message }, 'b']);
  });

  it('takes as many tokens as OpenAI, however long their text is, and more tokens of a text that is short enough', async () => {
    const limits = { ...LIMITS, maxTokenIds: 3 };
    const [spaces = 0] = encode(' '.repeat(128));
    expect(await readTexts(inputsOf([[spaces, spaces, spaces], encode('a b c')]), limits)).toEqual([' '.repeat(384), 'a b c']);
    expect(await readTexts(inputsOf([encode('a b c d')]), limits)).toEqual(['a b c d']);
    expect(await readTexts(inputsOf([[spaces, spaces, spaces, spaces]]), limits)).toEqual([
      { field: 'input[0]', message: 'must have at most 3 token ids, or 8 characters (MAX_TEXT_LENGTH)' },
    ]);
  });

  it('bounds the memory of texts that come as tokens', async () => {
    const [spaces = 0] = encode(' '.repeat(128));
    const text = Array<number>(8192).fill(spaces); // 1 MiB
    const limits = { maxTextLength: 100_000, maxTokenIds: 8192 };
    expect(await readTexts(inputsOf(Array(32).fill(text)), limits)).toHaveLength(32);
    await expect(readTexts(inputsOf(Array(33).fill(text)), limits)).rejects.toMatchObject({ code: 'payload_too_large' });
  });

  it('reads a long list of tokens in more than one turn of the thread', async () => {
    const tokens = encode('abcdefgh');
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const texts = await readTexts(inputsOf(Array(200_000).fill(tokens)), LIMITS);
    clearInterval(timer);
    expect(texts).toHaveLength(200_000);
    expect(turns).toBeGreaterThan(1);
  });
});
