import { messageOfAll, openAiErrors, type ErrorDialect } from '../http/index.js';

/**
 * OpenAI's errors on the route for vectors, with a `detail` added: without it Voyage's client recognises no error, and
 * nothing in a request shows whether Voyage's or OpenAI's client sent it.
 */
export const voyageErrors: ErrorDialect = {
  ...openAiErrors,
  speaks: ({ url }) => /^\/(?:v1\/)?embeddings(?:[/?]|$)/.test(url),
  write: (failure) => ({ ...openAiErrors.write(failure), detail: messageOfAll(failure) }),
};
