import * as fc from 'fast-check';
import { encode } from 'gpt-tokenizer/encoding/cl100k_base';
import { Cl100k } from './cl100k.js';

let cl100k: Cl100k;

beforeAll(async () => {
  cl100k = await Cl100k.load();
});

describe('Cl100k', () => {
  it('gives back every text that was encoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(cl100k.decode(encode(text.toWellFormed()))).toBe(text.toWellFormed());
      }),
      { seed: 20_267, numRuns: 300 },
    );
  });

  it.each([
    [[9906, 11, 1917, 0], 'Hello, world!'],
    [[15339], 'hello'],
    [[100257], '<|endoftext|>'],
    [[], ''],
  ])('knows %j as OpenAI does', (ids, text) => {
    expect(cl100k.decode(ids)).toBe(text);
  });

  it('knows the valid ids', () => {
    expect([0, 100255, 100257, 100276].map((id) => cl100k.has(id))).toEqual([true, true, true, true]);
    const none = [-1, 0.5, 100256, 100277, 1e9, Number.NaN, '0', 'length', null, undefined, {}];
    expect(none.filter((id) => cl100k.has(id))).toEqual([]);
  });

  it('writes a character that was cut in two as U+FFFD, and carries no part of it into the next text', () => {
    const [first = 0, ...rest] = encode('😀');
    expect(cl100k.decode([first])).toBe('\ufffd');
    expect(cl100k.decode([...rest, 15339])).toMatch(/^\ufffd+hello$/);
    expect(cl100k.decode([first, ...rest])).toBe('😀');
  });

  it('keeps a byte order mark', () => {
    expect(cl100k.decode(encode('\ufeffa'))).toBe('\ufeffa');
  });
});
