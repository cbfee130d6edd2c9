/** The forms in which servers take texts and return vectors. */

/** @typedef {'seed' | 'tei' | 'openai' | 'openai-base64'} ApiName */

/**
 * @typedef {object} Api
 * @property {(texts: readonly string[]) => string} path
 * @property {(texts: readonly string[], model: string) => object} body The body of a request.
 * @property {(answer: string) => number[][]} vectors In the order of the texts.
 */

/** @type {Record<ApiName, Api>} */
export const apis = {
  /** The service's own API: one text, or several. */
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
    vectors: (answer) => /** @type {number[][]} */ (openAiVectors(answer)),
  },
  /** The form that OpenAI's own clients use. */
  'openai-base64': {
    path: () => '/v1/embeddings',
    body: (texts, model) => ({ model, input: texts, encoding_format: 'base64' }),
    vectors: (answer) => openAiVectors(answer).map(fromBase64),
  },
};

/** @param {string} answer @returns {unknown[]} What stands for the vectors, in the order of the texts. */
function openAiVectors(answer) {
  const { data } = /** @type {{ data: { index: number, embedding: unknown }[] }} */ (JSON.parse(answer));
  return data.sort((left, right) => left.index - right.index).map(({ embedding }) => embedding);
}

/** @param {unknown} base64 The base64 of little-endian float32 values. */
function fromBase64(base64) {
  const bytes = Buffer.from(String(base64), 'base64');
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}

export const apiNames = /** @type {ApiName[]} */ (Object.keys(apis));
