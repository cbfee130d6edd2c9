/** How servers want their texts, and where their vectors are. */

/** @typedef {'seed' | 'tei' | 'openai'} ApiName */

/**
 * @typedef {object} Api
 * @property {(texts: readonly string[]) => string} path
 * @property {(texts: readonly string[], model: string) => object} body Of a request.
 * @property {(answer: string) => number[][]} vectors In the order of the texts.
 */

/** @type {Record<ApiName, Api>} */
export const apis = {
  /** The service's own: one text, or some. */
  seed: {
    path: ({ length }) => (length === 1 ? '/embed' : '/embed/batch'),
    body: (texts) => (texts.length === 1 ? { text: texts[0] } : { texts }),
    vectors(answer) {
      const { embedding, embeddings } = /** @type {{ embedding?: number[], embeddings?: number[][] }} */ (JSON.parse(answer));
      return embeddings ?? [embedding ?? []];
    },
  },
  tei: {
    path: () => '/embed',
    body: (texts) => ({ inputs: texts }),
    vectors: (answer) => /** @type {number[][]} */ (JSON.parse(answer)),
  },
  openai: {
    path: () => '/v1/embeddings',
    body: (texts, model) => ({ model, input: texts }),
    vectors(answer) {
      const { data } = /** @type {{ data: { index: number, embedding: number[] }[] }} */ (JSON.parse(answer));
      return data.sort((one, other) => one.index - other.index).map(({ embedding }) => embedding);
    },
  },
};

export const apiNames = /** @type {ApiName[]} */ (Object.keys(apis));
