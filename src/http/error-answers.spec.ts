import type { ErrorCode } from '../errors/index.js';
import { codeOfStatus, STATUS_OF_ERROR } from './error-answers.js';

describe('STATUS_OF_ERROR', () => {
  it.each<[ErrorCode, number]>([
    ['invalid_request', 400],
    ['text_refused', 400],
    ['text_too_long', 400],
    ['unauthorized', 401],
    ['forbidden', 403],
    ['model_not_found', 404],
    ['not_found', 404],
    ['conflict_space', 409],
    ['key_conflict', 409],
    ['job_finished', 409],
    ['job_unfinished', 409],
    ['payload_too_large', 413],
    ['idempotency_mismatch', 422],
    ['rate_limited', 429],
    ['token_limited', 429],
    ['aborted', 499],
    ['inference_failed', 500],
    ['overloaded', 503],
    ['shutting_down', 503],
    ['unavailable', 503],
    ['upstream_failed', 502],
    ['upstream_rate_limited', 503],
    ['upstream_timeout', 504],
    ['upstream_unauthorized', 502],
    ['upstream_unavailable', 503],
    ['insufficient_storage', 507],
  ])('answers %s with %i', (code, status) => {
    expect(STATUS_OF_ERROR[code]).toBe(status);
  });

  it('has only codes that this list tests', () => {
    expect(Object.keys(STATUS_OF_ERROR)).toHaveLength(26);
  });
});

describe('codeOfStatus', () => {
  it.each([
    [400, 'invalid_request'],
    [401, 'unauthorized'],
    [404, 'not_found'],
    [413, 'payload_too_large'],
    [415, 'unsupported_media_type'],
    [429, 'rate_limited'],
    [503, 'unavailable'],
    [418, 'invalid_request'],
    [500, 'internal_error'],
    [507, 'internal_error'],
  ])('calls %i %s', (status, code) => {
    expect(codeOfStatus(status)).toBe(code);
  });
});
