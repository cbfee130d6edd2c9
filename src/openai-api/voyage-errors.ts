import { messageOfAll, openAiErrors, type ErrorDialect } from '../http/index.js';

/**
 * OpenAI's errors on the route for vectors, with a `detail` beside: without it Voyage's client knows no error as such, and
 * it sends nothing by which it could be told from OpenAI's.
 */
export const voyageErrors: ErrorDialect = {
  ...openAiErrors,
  speaks: ({ url }) => /^\/(?:v1\/)?embeddings(?:[/?]|$)/.test(url),
  write: (failure) => ({ ...openAiErrors.write(failure), detail: messageOfAll(failure) }),
};
