import type http from 'node:http';
import type { AnswerFacts } from './embed-answer.js';

const OUTCOME = Symbol('outcome');

declare module 'http' {
  interface IncomingMessage {
    [OUTCOME]?: RequestOutcome;
  }
}

/** How a request for embeddings ended. */
export type RequestOutcome = AnswerFacts | 'failed';

/** Undefined = it has not ended, or it is no request for embeddings. */
export function outcomeOf(request: http.IncomingMessage): RequestOutcome | undefined {
  return request[OUTCOME];
}

/** Keeps the outcome for what is told of the request after its answer was sent. */
export function keepOutcome(request: http.IncomingMessage, outcome: RequestOutcome): void {
  request[OUTCOME] = outcome;
}
