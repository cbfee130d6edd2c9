import { messageOfAll, type ErrorDialect } from '../http/index.js';

/** Errors on Ollama's paths. */
export const ollamaErrors: ErrorDialect = {
  speaks: ({ url }) => /^\/api(?:[/?]|$)/.test(url),
  write: (failure) => ({ error: messageOfAll(failure) }),
};
