import type http from 'node:http';
import type { AnswerFacts } from './embed-answer.js';

const OUTCOME = Symbol('outcome');
const ASKED_MODEL = Symbol('asked model');

declare module 'http' {
  interface IncomingMessage {
    [OUTCOME]?: RequestOutcome;
    [ASKED_MODEL]?: string;
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

/** The name of the model that a request is for; undefined = it failed before that was known. */
export function askedModelOf(request: http.IncomingMessage): string | undefined {
  return request[ASKED_MODEL];
}

export function keepAskedModel(request: http.IncomingMessage, model: string): void {
  request[ASKED_MODEL] = model;
}
