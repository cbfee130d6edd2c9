import { checkedReply } from './upstream-reply.js';

const HALF = Math.SQRT1_2;

function reply(embeddings: readonly unknown[], rest: object = {}): object {
  return { data: embeddings.map((embedding, index) => ({ index, embedding })), usage: { prompt_tokens: 5, total_tokens: 5 }, ...rest };
}

function base64(...values: readonly number[]): string {
  return Buffer.from(Float32Array.from(values).buffer).toString('base64');
}

describe('checkedReply', () => {
  it('reads base64 and arrays of numbers', () => {
    const { vectors } = checkedReply(reply([base64(1, 0), [0, 1]]), { texts: 2, dimensions: 2 });
    expect(vectors).toEqual([Float32Array.of(1, 0), Float32Array.of(0, 1)]);
  });

  it('orders vectors by index, not by place', () => {
    const data = [
      { index: 1, embedding: [0, 1] },
      { index: 0, embedding: [1, 0] },
    ];
    expect(checkedReply({ data }, { texts: 2, dimensions: 2 }).vectors).toEqual([Float32Array.of(1, 0), Float32Array.of(0, 1)]);
  });

  it('leaves a vector of length one unchanged, to the bit', () => {
    const vector = Float32Array.of(0.6000001, 0.8);
    expect(checkedReply(reply([base64(...vector)]), { texts: 1, dimensions: 2 }).vectors[0]).toEqual(vector);
  });

  it('scales any other vector to length one', () => {
    const [vector] = checkedReply(reply([[3, 3]]), { texts: 1, dimensions: 2 }).vectors;
    expect([...(vector ?? [])].map((value) => value.toFixed(6))).toEqual([HALF.toFixed(6), HALF.toFixed(6)]);
  });

  it.each([
    [{ prompt_tokens: 5, total_tokens: 6 }, 5],
    [{ total_tokens: 6 }, 6],
    [{ prompt_tokens: -1 }, undefined],
    [{ prompt_tokens: '5' }, undefined],
    [undefined, undefined],
  ])('reads usage %j as %s tokens', (usage, tokens) => {
    expect(checkedReply(reply([[1, 0]], { usage }), { texts: 1, dimensions: 2 }).tokens).toBe(tokens);
  });

  it('reports which texts the upstream cut', () => {
    const data = [
      { index: 1, embedding: [0, 1], truncated: true },
      { index: 0, embedding: [1, 0] },
    ];
    expect(checkedReply({ data }, { texts: 2, dimensions: 2 }).truncated).toEqual([false, true]);
  });

  it('accepts any dimensions if none are expected', () => {
    expect(checkedReply(reply([[1, 0, 0]]), { texts: 1, dimensions: undefined }).vectors[0]).toHaveLength(3);
    expect(() =>
      checkedReply(
        reply([
          [1, 0, 0],
          [1, 0],
        ]),
        { texts: 2, dimensions: undefined },
      ),
    ).toThrow(/2 dimensions instead of 3/);
  });

  it.each<[what: string, reply: unknown]>([
    ['nothing', undefined],
    ['a text', '<html>'],
    ['no list', { data: {} }],
    ['too few', reply([[1, 0]])],
    [
      'too many',
      reply([
        [1, 0],
        [1, 0],
        [1, 0],
      ]),
    ],
    ['the same index twice', { data: [0, 0].map((index) => ({ index, embedding: [1, 0] })) }],
    ['an index out of range', { data: [0, 2].map((index) => ({ index, embedding: [1, 0] })) }],
    ['no index', { data: [{ embedding: [1, 0] }, { embedding: [1, 0] }] }],
    ['an index that is a text', { data: ['0', '1'].map((index) => ({ index, embedding: [1, 0] })) }],
    ['null for an item', { data: [null, null] }],
    [
      'another length',
      reply([
        [1, 0],
        [1, 0, 0],
      ]),
    ],
    [
      'NaN',
      reply([
        [1, 0],
        [NaN, 0],
      ]),
    ],
    ['NaN in base64', reply([[1, 0], base64(NaN, 0)])],
    ['an infinity in base64', reply([[1, 0], base64(Infinity, 0)])],
    [
      'null for a number',
      reply([
        [1, 0],
        [null, null],
      ]),
    ],
    [
      'zeros',
      reply([
        [1, 0],
        [0, 0],
      ]),
    ],
    ['half a float', reply([[1, 0], 'AAAA'])],
    ['no embedding', { data: [{ index: 0 }, { index: 1 }] }],
    ['empty embeddings', reply([[], []])],
  ])('refuses %s', (_, answer) => {
    expect(() => checkedReply(answer, { texts: 2, dimensions: 2 })).toThrow(expect.objectContaining({ outcome: 'bad_reply' }) as Error);
  });
});
