import { validateSync } from 'class-validator';
import * as fc from 'fast-check';
import { InvalidateRequest } from './cache-invalidation.dto.js';
import { EmbedBatchRequest, EmbedRequest } from './embed.dto.js';

const LIMITS = { maxTextLength: 5 };

type BodyClass = typeof EmbedRequest | typeof EmbedBatchRequest | typeof InvalidateRequest;

/** The faults that class-validator finds, with the options of BodyPipe. */
function faultsOf(bodyClass: BodyClass, body: object): readonly string[] {
  const errors = validateSync(Object.assign(new bodyClass(LIMITS), body), {
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
  });
  return errors.flatMap(({ property, constraints = {} }) => Object.values(constraints).map((message) => `${property} ${message}`));
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('', 'abcde', 'abcdef', '\ud83d', '😀😀😀😀😀', '😀😀😀😀😀😀'),
);
const texts = fc.array(fc.oneof({ weight: 20, arbitrary: text }, { weight: 1, arbitrary: fc.jsonValue() }), {
  maxLength: 110,
  size: 'max',
});
const value = fc.oneof(text, texts, fc.jsonValue());
const field = fc.constantFrom('text', 'texts', 'extra', 'constructor', 'toString', 'hasOwnProperty', 'limits');
const body = fc.oneof(
  fc.record({ text: value }),
  fc.record({ texts: value }),
  fc.dictionary(field, value, { maxKeys: 3, noNullPrototype: true }),
  fc.jsonValue(),
);

describe.each([
  { name: 'EmbedRequest', bodyClass: EmbedRequest, usual: { text: 'abc' } },
  { name: 'EmbedBatchRequest', bodyClass: EmbedBatchRequest, usual: { texts: ['abc', 'abcde'] } },
])('the fast check of $name', ({ bodyClass, usual }) => {
  it('accepts only bodies in which class-validator finds no fault', () => {
    fc.assert(
      fc.property(body, (candidate: unknown) => {
        const faults = bodyClass.accepts(candidate, LIMITS) ? faultsOf(bodyClass, candidate) : [];
        expect(faults).toEqual([]);
      }),
      { seed: 20_265, numRuns: 500 },
    );
  });

  it('accepts usual bodies', () => {
    expect(bodyClass.accepts(usual, LIMITS)).toBe(true);
  });
});

describe('truncate', () => {
  it.each(['error', 'start', 'end', 'mean', null, undefined])('may be %s', (truncate) => {
    expect(faultsOf(EmbedRequest, { text: 'a', truncate })).toEqual([]);
    expect(faultsOf(EmbedBatchRequest, { texts: ['a'], truncate })).toEqual([]);
  });

  it.each(['START', 'none', '', true, 1, ['end']])('may not be %j', (truncate) => {
    expect(faultsOf(EmbedRequest, { text: 'a', truncate })).toEqual(['truncate must be one of error, start, end, mean']);
  });

  it('is not accepted by the fast check, which does not know it', () => {
    expect(EmbedRequest.accepts({ text: 'a', truncate: 'start' }, LIMITS)).toBe(false);
  });
});

describe('EmbedBatchRequest', () => {
  const batchOf = (count: number): object => ({ texts: Array.from({ length: count }, () => 'a') });

  it('accepts a hundred texts, but not one more', () => {
    expect(faultsOf(EmbedBatchRequest, batchOf(100))).toEqual([]);
    expect(faultsOf(EmbedBatchRequest, batchOf(101))).toEqual(['texts must hold 1 to 100 texts, not 101']);
    expect(EmbedBatchRequest.accepts(batchOf(101), LIMITS)).toBe(false);
  });
});

describe('InvalidateRequest', () => {
  it.each([{ texts: ['a'] }, { all: true }, { texts: ['a'], all: true }])('may be %j', (given) => {
    expect(faultsOf(InvalidateRequest, given)).toEqual([]);
  });

  it.each([
    [{}, 'texts is missing'],
    [{ texts: [] }, 'texts must hold 1 to 10000 texts, not 0'],
    [{ all: false }, 'all must be true, or left out'],
    [{ all: 'true' }, 'all must be true, or left out'],
    [{ texts: [''] }, 'texts [0] must not be empty'],
  ])('refuses %j: %s', (given, fault) => {
    expect(faultsOf(InvalidateRequest, given)).toEqual([fault]);
  });
});
