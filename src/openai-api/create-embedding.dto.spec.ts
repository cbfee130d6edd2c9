import { validateSync } from 'class-validator';
import * as fc from 'fast-check';
import { CreateEmbeddingRequest } from './create-embedding.dto.js';

/** The faults that class-validator finds, with the options of BodyPipe. */
function faultsOf(body: object): readonly string[] {
  const errors = validateSync(Object.assign(new CreateEmbeddingRequest({ maxTextLength: 5 }), body), {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
  });
  return errors.flatMap(({ property, constraints = {} }) => Object.values(constraints).map((message) => `${property} ${message}`));
}

const usual = { input: ['a'], model: 'm' };

describe('CreateEmbeddingRequest', () => {
  it.each([
    usual,
    { input: 'a', model: 'm', encoding_format: 'float' },
    { input: [1], model: 'm', encoding_format: 'base64' },
    { ...usual, encoding_format: null, dimensions: null, user: null, truncate: null, partial: null },
    { ...usual, dimensions: 384, user: 'me', truncate: 'start', partial: true },
  ])('may be %j', (body) => {
    expect(faultsOf(body)).toEqual([]);
  });

  it.each([
    [{ model: 'm' }, 'input is missing'],
    [{ input: 'a' }, 'model is missing; GET /v1/models says what there is'],
    [{ input: 'a', model: null }, 'model is missing; GET /v1/models says what there is'],
    [{ input: 'a', model: 3 }, 'model must be a string'],
    [{ ...usual, encoding_format: 'hex' }, 'encoding_format must be float or base64'],
    [{ ...usual, dimensions: 1.5 }, 'dimensions must be a whole number'],
    [{ ...usual, dimensions: 0 }, 'dimensions must be at least 1'],
    [{ ...usual, user: 7 }, 'user must be a string'],
    [{ ...usual, truncate: 'middle' }, 'truncate must be one of error, start, end, mean, true, false'],
    [{ ...usual, partial: 'yes' }, 'partial must be true or false'],
    [{ ...usual, input_type: 1 }, 'input_type must be a string'],
    [{ ...usual, inputtype: 'query' }, 'inputtype property inputtype should not exist'],
  ])('is not %j: %s', (body, fault) => {
    expect(faultsOf(body)).toEqual([fault]);
  });

  it('is accepted by the fast check only if class-validator finds no fault', () => {
    const value = fc.oneof(fc.constantFrom('a', 'float', 'base64', null, 384), fc.jsonValue());
    const field = fc.constantFrom('input', 'model', 'encoding_format', 'dimensions', 'user', 'truncate', 'partial', 'extra', 'constructor');
    const body = fc.oneof(fc.dictionary(field, value, { maxKeys: 4, noNullPrototype: true }), fc.jsonValue());
    fc.assert(
      fc.property(body, (candidate: unknown) => {
        expect(CreateEmbeddingRequest.accepts(candidate) ? faultsOf(candidate) : []).toEqual([]);
      }),
      { seed: 20_268, numRuns: 1000 },
    );
  });

  it.each([usual, { ...usual, encoding_format: 'base64' }])('is accepted by the fast check if it is usual: %j', (body) => {
    expect(CreateEmbeddingRequest.accepts(body)).toBe(true);
  });
});
