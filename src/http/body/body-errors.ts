import { errorCodes } from 'fastify';
import { ServiceError } from '../../errors/index.js';

/** A caller stopped sending in the middle of its body. */
class BodyTimeoutError extends Error {
  readonly statusCode = 408;
}

export function pausedTooLong(idleTimeoutMs: number): Error {
  return new BodyTimeoutError(`No byte of the body came for ${idleTimeoutMs} ms (BODY_IDLE_TIMEOUT_MS); send it without a pause.`);
}

export function tooLarge(): Error {
  return new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE();
}

/** The connection ended before the body did. */
export function cutOff(): Error {
  return new errorCodes.FST_ERR_CTP_INVALID_CONTENT_LENGTH();
}

export function notJson(): Error {
  return new errorCodes.FST_ERR_CTP_INVALID_JSON_BODY();
}

export function notUtf8(): ServiceError {
  return new ServiceError('invalid_request', 'The body must be UTF-8.');
}
