import { answerMany, answerOne } from './embed-answer.js';
import { StageTimes, type Embedding } from '../embedding/index.js';
import { EmbeddingRenderer } from './embedding-renderer.js';

const rendering = { model: 'a "model" \\ 1', renderer: new EmbeddingRenderer(100_000), stages: new StageTimes() };

const whole: Embedding = { vector: Float32Array.of(0.5, -0.5), tokens: 3, inputTokens: 3, cached: true };
const cut: Embedding = { vector: Float32Array.of(0.25, 0.75), tokens: 8, inputTokens: 9, cached: false };

describe('the answer of one text', () => {
  it('has the documented shape', () => {
    expect(JSON.parse(answerOne(whole, rendering).body)).toEqual({
      embedding: [0.5, -0.5],
      cached: true,
      model: 'a "model" \\ 1',
      tokens: 3,
      truncated: false,
    });
  });

  it('says when the end of the text was cut', () => {
    expect(JSON.parse(answerOne(cut, rendering).body)).toMatchObject({ cached: false, truncated: true });
  });

  it('counts as one text, cached or not', () => {
    expect([answerOne(whole, rendering), answerOne(cut, rendering)]).toMatchObject([
      { texts: 1, cachedTexts: 1 },
      { texts: 1, cachedTexts: 0 },
    ]);
  });
});

describe('the answer of some texts', () => {
  it('has the documented shape, in the order of the texts', () => {
    expect(JSON.parse(answerMany([cut, whole, whole], rendering).body)).toEqual({
      embeddings: [
        [0.25, 0.75],
        [0.5, -0.5],
        [0.5, -0.5],
      ],
      count: 3,
      cached_count: 2,
      model: 'a "model" \\ 1',
      tokens: 14,
      truncated: [true, false, false],
    });
  });

  it('counts the texts, and those that were cached', () => {
    expect(answerMany([cut, whole, whole], rendering)).toMatchObject({ texts: 3, cachedTexts: 2 });
  });

  it('names those that were cached where they are some of them', () => {
    expect(answerMany([cut, whole, whole], rendering).cachedIndexes).toEqual([1, 2]);
    expect(answerMany([whole, whole], rendering).cachedIndexes).toBeUndefined();
    expect(answerMany([cut], rendering).cachedIndexes).toBeUndefined();
  });

  it('tells how long writing took', () => {
    const stages = new StageTimes();
    expect(answerMany([cut], { ...rendering, stages }).stages).toBe(stages);
    expect(stages.serialize).toBeGreaterThan(0);
  });
});
