import type { ErrorCode } from '../errors/index.js';

/** The HTTP status of each error code. 499: the caller has left, so the answer is not read. */
export const STATUS_OF_ERROR: Readonly<Record<ErrorCode, number>> = {
  aborted: 499,
  conflict_space: 409,
  forbidden: 403,
  idempotency_mismatch: 422,
  inference_failed: 500,
  insufficient_storage: 507,
  invalid_request: 400,
  model_not_found: 404,
  key_conflict: 409,
  job_finished: 409,
  job_unfinished: 409,
  not_found: 404,
  overloaded: 503,
  payload_too_large: 413,
  rate_limited: 429,
  shutting_down: 503,
  text_refused: 400,
  text_too_long: 400,
  token_limited: 429,
  unauthorized: 401,
  unavailable: 503,
  upstream_failed: 502,
  upstream_rate_limited: 503,
  upstream_timeout: 504,
  upstream_unauthorized: 502,
  upstream_unavailable: 503,
};

/** The `code` of errors from the framework, which have only a status. */
const CODE_OF_STATUS: Readonly<Record<number, string>> = {
  400: 'invalid_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  408: 'request_timeout',
  413: 'payload_too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
  429: 'rate_limited',
  431: 'headers_too_large',
  503: 'unavailable',
};

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(STATUS_OF_ERROR, code);
}

export function codeOfStatus(status: number): string {
  return CODE_OF_STATUS[status] ?? (status < 500 ? 'invalid_request' : 'internal_error');
}
