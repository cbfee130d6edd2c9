import { ServiceError } from '../errors/index.js';

/** Why a text is refused whose caller wants nothing cut. Its message goes on from the name of the field. */
export function textTooLong(tokens: number, mostTokens: number): ServiceError {
  return new ServiceError('text_too_long', `has ${tokens} tokens, and at most ${mostTokens} are allowed (truncate: error)`);
}

export function isTextTooLong(error: unknown): error is ServiceError {
  return error instanceof ServiceError && error.code === 'text_too_long';
}
