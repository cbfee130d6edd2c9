import { NotFoundException } from '@nestjs/common';
import { ServiceError } from '../errors/index.js';
import { failureOf } from './failure.js';
import { isOpenAiPath, openAiAnswer, openAiRetryHeaders } from './openai-errors.js';

describe('isOpenAiPath', () => {
  it.each(['/v1', '/v1/', '/v1?a', '/v1/embeddings', '/v1/nothing', '/embeddings', '/embeddings?a=1', '/models', '/models/a'])(
    'is %s',
    (path) => {
      expect(isOpenAiPath(path)).toBe(true);
    },
  );

  it.each([
    '/',
    '/v10',
    '/v2/embeddings',
    '/v1/embed',
    '/v1/embed?a',
    '/embed',
    '/embed/batch',
    '/embeddingsx',
    '/modelss',
    '/docs?next=/v1/',
  ])('is not %s', (path) => {
    expect(isOpenAiPath(path)).toBe(false);
  });
});

describe("the error in OpenAI's shape", () => {
  const errorOf = (thrown: unknown) => openAiAnswer(failureOf(thrown)).error;

  it.each([
    [new ServiceError('unauthorized', 'No key.'), 'invalid_request_error', 'invalid_api_key'],
    [new ServiceError('rate_limited', 'Slower.'), 'requests', 'rate_limit_exceeded'],
    [new ServiceError('token_limited', 'Fewer.'), 'tokens', 'rate_limit_exceeded'],
    [new ServiceError('overloaded', 'Full.'), 'server_error', 'overloaded'],
    [new NotFoundException('Cannot GET /v1/nothing'), 'invalid_request_error', 'not_found'],
  ])('of %s has the type %s and the code %s', (thrown, type, code) => {
    expect(errorOf(thrown)).toEqual({ message: thrown.message, type, param: null, code });
  });

  it('hides internal details', () => {
    expect(errorOf(new Error('SECRET'))).toMatchObject({ type: 'server_error', code: 'internal_error' });
    expect(JSON.stringify(errorOf(new Error('SECRET')))).not.toContain('SECRET');
  });

  it('names the field that is wrong', () => {
    const error = ServiceError.ofFaults('invalid_request', [{ field: 'dimensions', message: 'must be 384' }]);
    expect(errorOf(error)).toMatchObject({ param: 'dimensions', message: 'dimensions must be 384' });
  });

  it('names the first fields of many in its message', () => {
    const faults = Array.from({ length: 25 }, (_, index) => ({ field: `input[${index}]`, message: 'is wrong' }));
    const { message, param } = errorOf(ServiceError.ofFaults('invalid_request', faults));
    expect(param).toBe('input[0]');
    expect(message).toMatch(/^input\[0\] is wrong; input\[1\] is wrong; .*input\[19\] is wrong; and 5 more$/);
  });

  it('tells clients whether and when to try again', () => {
    const headersOf = (thrown: unknown) => openAiRetryHeaders(failureOf(thrown));
    expect(headersOf(new ServiceError('overloaded', 'Full.', { retryAfterSeconds: 3 }))).toEqual({ 'retry-after-ms': '3000' });
    expect(headersOf(new ServiceError('conflict_space', 'Another space.'))).toEqual({ 'x-should-retry': 'false' });
    expect(headersOf(new ServiceError('insufficient_storage', 'Full.'))).toEqual({ 'x-should-retry': 'false' });
    expect(headersOf(new ServiceError('invalid_request', 'No.'))).toEqual({});
  });
});
