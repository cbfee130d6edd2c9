import { ServiceError } from '../errors/index.js';

/**
 * Makes the error of a text that is too long, for a caller who wants nothing cut. The message continues a sentence that
 * begins with the name of the field.
 */
export function textTooLong(tokens: number, mostTokens: number): ServiceError {
  return new ServiceError('text_too_long', `has ${tokens} tokens, and at most ${mostTokens} are allowed (truncate: error)`);
}

export function isTextTooLong(error: unknown): error is ServiceError {
  return error instanceof ServiceError && error.code === 'text_too_long';
}
