import type { Embedding } from './embedding-provider.port.js';
import { meanOfWindows } from './mean-of-windows.js';

function windowOf(vector: readonly number[], embedding: Partial<Embedding> = {}): Embedding {
  return { vector: Float32Array.from(vector), tokens: 10, inputTokens: 10, cached: false, ...embedding };
}

describe('meanOfWindows', () => {
  it('is the embedding of the only window', () => {
    const embedding = windowOf([1, 0]);
    expect(meanOfWindows([{ embedding, weight: 7 }])).toBe(embedding);
  });

  it("weighs the model's own vectors, keeps the length of their mean, and scales it to length one", () => {
    const mean = meanOfWindows([
      { embedding: windowOf([1, 0], { length: 4 }), weight: 3 },
      { embedding: windowOf([0, 1], { length: 8, tokens: 4, inputTokens: 4 }), weight: 1 },
    ]);
    // (3 x (4, 0) + 1 x (0, 8)) / 4 = (3, 2)
    expect(mean).toMatchObject({ tokens: 14, inputTokens: 14, windows: 2 });
    expect(mean.length).toBeCloseTo(Math.sqrt(13), 6);
    expect([...mean.vector]).toEqual([3, 2].map((value) => expect.closeTo(value / Math.sqrt(13), 6) as number));
  });

  it('has no length of its own where the windows have none, and tells of a window that was cut', () => {
    const { length, tokens, inputTokens } = meanOfWindows([
      { embedding: windowOf([1, 0]), weight: 1 },
      { embedding: windowOf([0, 1], { inputTokens: 15 }), weight: 1 },
    ]);
    expect({ length, tokens, inputTokens }).toEqual({ length: undefined, tokens: 20, inputTokens: 25 });
  });

  it('refuses windows that cancel each other out', () => {
    const windows = [1, -1].map((value) => ({ embedding: windowOf([value, 0]), weight: 1 }));
    expect(() => meanOfWindows(windows)).toThrow('no usable mean');
  });
});
