import { randomUUID } from 'node:crypto';
import { messageOfAll, type ErrorDialect } from '../http/index.js';

/** Errors on Cohere's paths. */
export const cohereErrors: ErrorDialect = {
  speaks: ({ url }) => /^\/(?:v1\/embed|v2(?:\/[^?]*)?)(?:\?|$)/.test(url),
  write: (failure) => ({ id: randomUUID(), message: messageOfAll(failure) }),
};
