import * as fc from 'fast-check';
import { Prompts } from './prompts.js';
import { embeddingKey, embeddingKeys, fromBytes, toBytes } from './stored-embedding.js';

describe('embeddingKey', () => {
  it('is the same for the same text in the same space', () => {
    expect(embeddingKey('space', 'a text')).toBe(embeddingKey('space', 'a text'));
  });

  it.each([
    ['another space', 'other', 'a text'],
    ['another case', 'space', 'A text'],
    ['a space at the end', 'space', 'a text '],
    ['another normal form', 'space', 'a te\u0301xt'],
  ])('differs for %s', (_, space, text) => {
    expect(embeddingKey(space, text)).not.toBe(embeddingKey('space', 'a text'));
  });

  it('is the same for truncate error and end, and different for start and mean or is a mean', () => {
    const keyOf = (truncate: 'error' | 'start' | 'end' | 'mean') => embeddingKey('space', 'a text', { truncate });
    expect([keyOf('error'), keyOf('end')]).toEqual([embeddingKey('space', 'a text'), embeddingKey('space', 'a text')]);
    expect(new Set([keyOf('start'), keyOf('end'), keyOf('mean')]).size).toBe(3);
  });

  it('differs with the prompt, and is the same for input types without one', () => {
    const keyOf = (prompt: string) => embeddingKey('space', 'a text', { prompt });
    expect(keyOf('')).toBe(embeddingKey('space', 'a text'));
    expect(new Set([keyOf(''), keyOf('query: '), keyOf('passage: ')]).size).toBe(3);
  });

  it('is among the keys that an invalidation removes, for every prompt and cut', () => {
    const keys = embeddingKeys('space', 'a text', new Prompts({ query: 'query: ', document: '' }, undefined), ['', 'search']);
    for (const truncate of ['start', 'end', 'mean'] as const) {
      for (const prompt of ['', 'query: '])
        for (const scope of ['', 'search']) expect(keys).toContain(embeddingKey('space', 'a text', { truncate, prompt, scope }));
    }
    expect(keys).toHaveLength(12);
  });

  it('does not show the text', () => {
    expect(embeddingKey('space', 'secret')).toMatch(/^space:[\w-]{43}$/);
  });
});

describe('an embedding stored as bytes', () => {
  it('is read back with the same bits, as cached', () => {
    const stored = fc.record({
      vector: fc.float32Array({ minLength: 1, maxLength: 16 }),
      length: fc.option(fc.float({ noNaN: true }), { nil: undefined }),
      tokens: fc.nat(),
      inputTokens: fc.nat(),
    });
    fc.assert(
      fc.property(stored, ({ vector, length, tokens, inputTokens }) => {
        const own = new Float32Array(vector);
        const read = fromBytes(toBytes({ vector: own, length, tokens, inputTokens, cached: false }), own.length);
        expect(read).toEqual({ vector: own, length, tokens, inputTokens, cached: true });
      }),
      { seed: 20_266, numRuns: 200 },
    );
  });

  it('holds only the visible part of a view', () => {
    const vector = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    const bytes = toBytes({ vector, tokens: 1, inputTokens: 1, cached: false });
    expect(fromBytes(bytes, 2)?.vector).toEqual(Float32Array.of(2, 3));
  });

  it('is read in place, without a copy', () => {
    const bytes = toBytes({ vector: Float32Array.of(1, 2), tokens: 1, inputTokens: 1, cached: false });
    expect(fromBytes(bytes, 2)?.vector.buffer).toBe(bytes.buffer);
  });

  it.each([0, 3, 12, 16, 24])('is refused if it has %i bytes for two dimensions', (length) => {
    expect(fromBytes(new Uint8Array(length), 2)).toBeUndefined();
  });
});
