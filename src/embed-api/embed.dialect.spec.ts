import { embedBatchDialect, embedDialect } from './embed.dialect.js';
import { CUT, WHOLE, written } from './request/embedding-result.fake.js';

describe('the answer of one text', () => {
  it('has the documented shape', () => {
    expect(written(embedDialect, [WHOLE])).toEqual({
      embedding: [0.5, -0.5],
      cached: true,
      model: 'a "model"',
      tokens: 3,
      truncated: false,
    });
  });

  it('says when the end of the text was cut', () => {
    expect(written(embedDialect, [CUT])).toMatchObject({ cached: false, truncated: true });
  });
});

describe('the answer of some texts', () => {
  it('has the documented shape, in the order of the texts', () => {
    expect(written(embedBatchDialect, [CUT, WHOLE, WHOLE])).toEqual({
      embeddings: [
        [0.25, 0.75],
        [0.5, -0.5],
        [0.5, -0.5],
      ],
      count: 3,
      cached_count: 2,
      model: 'a "model"',
      tokens: 14,
      truncated: [true, false, false],
    });
  });
});
