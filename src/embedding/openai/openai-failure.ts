import { types } from 'node:util';
import { APIConnectionError, APIError } from 'openai';
import { UpstreamError, type FailedOutcome } from './upstream-error.js';
import { retryAfterMs } from './retry-after.js';

const LONGEST_COMPLAINT = 300;
/** Parameters that the service sets itself. */
const OWN_PARAMETERS = ['model', 'dimensions', 'encoding_format'];
const NETWORK_CODE = /^[A-Z_]{3,40}$/;

/**
 * Classifies an error of the openai package. The package's error is not kept, because its message holds the upstream's
 * words, which may contain the key or a text.
 */
export function failureOf(thrown: unknown, signal: AbortSignal, apiKey: string | undefined): UpstreamError {
  if (signal.aborted) return signal.reason instanceof UpstreamError ? signal.reason : new UpstreamError('aborted', 'The call was aborted');
  if (thrown instanceof APIConnectionError) return connectionFailure(thrown.cause);
  if (thrown instanceof APIError && typeof thrown.status === 'number') return statusFailure(thrown as APIError, thrown.status, apiKey);
  if (types.isNativeError(thrown) && thrown.name === 'SyntaxError')
    return new UpstreamError('bad_reply', 'The upstream sent JSON that cannot be read');
  return connectionFailure(thrown);
}

function connectionFailure(cause: unknown): UpstreamError {
  for (let error = cause; types.isNativeError(error); error = error.cause) {
    if ('code' in error && typeof error.code === 'string' && NETWORK_CODE.test(error.code))
      return new UpstreamError('connection_failed', `The connection to the upstream failed (${error.code})`);
  }
  return new UpstreamError('connection_failed', 'The connection to the upstream failed');
}

function statusFailure(error: APIError, status: number, apiKey: string | undefined): UpstreamError {
  const shouldRetry = error.headers?.get('x-should-retry');
  return new UpstreamError(outcomeOf(error, status), 'The upstream answered with an error', {
    status,
    retryAfterMs: error.headers && retryAfterMs(error.headers),
    complaint: complaintOf(error, apiKey),
    ...(shouldRetry === 'false' ? { shouldRetry: false } : {}),
  });
}

function outcomeOf({ param, code }: APIError, status: number): FailedOutcome {
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 429) return code === 'insufficient_quota' ? 'quota_exceeded' : 'rate_limited';
  if (status === 408 || status === 409 || status >= 500) return 'server_error';
  const blamesInput = [400, 413, 422].includes(status) && !OWN_PARAMETERS.includes(param ?? '');
  return blamesInput ? 'invalid_input' : 'refused';
}

/** The message in one line, without the key. */
function complaintOf({ error }: APIError, apiKey: string | undefined): string | undefined {
  const message: unknown = typeof error === 'object' && error !== null && 'message' in error ? error.message : undefined;
  if (typeof message !== 'string') return undefined;
  const safe = apiKey === undefined ? message : message.replaceAll(apiKey, '***');
  return safe.replaceAll(/\s+/g, ' ').trim().slice(0, LONGEST_COMPLAINT);
}
