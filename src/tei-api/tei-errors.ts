import { messageOfAll, type ErrorDialect, type Failure } from '../http/index.js';
import { isTeiBody } from './tei.dto.js';

/** Errors of text-embeddings-inference: on its paths, and on /embed for bodies with `inputs`. */
export const teiErrors: ErrorDialect = {
  speaks: ({ method, url, body }) => /^\/info(?:\?|$)/.test(url) || (method === 'POST' && (/^\/(?:\?|$)/.test(url) || isTeiBody(body))),
  write: (failure) => ({ error: messageOfAll(failure), error_type: typeOf(failure) }),
};

function typeOf({ status }: Failure): string {
  if (status === 429 || status === 503) return 'Overloaded';
  return status >= 500 ? 'Backend' : 'Validation';
}
