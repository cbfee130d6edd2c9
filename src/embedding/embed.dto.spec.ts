import * as fc from 'fast-check';
import type { EmbeddingSettings } from '../config/index.js';
import { ServiceError, type Fault } from '../errors/index.js';
import { BodyPipe } from '../http/body.pipe.js';
import { InvalidateRequest } from './cache-invalidation.dto.js';
import { EmbedBatchRequest, EmbedRequest } from './embed.dto.js';

const LIMITS = { maxTextLength: 5 };
const pipe = new BodyPipe(LIMITS as EmbeddingSettings);

type BodyClass = typeof EmbedRequest | typeof EmbedBatchRequest | typeof InvalidateRequest;

function faultsOf(bodyClass: BodyClass, body: unknown): readonly Fault[] {
  try {
    pipe.transform(body, { type: 'body', metatype: bodyClass });
    return [];
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'invalid_request') return error.faults;
    throw error;
  }
}

/** The class as if its shortcut were never sure. */
function withoutShortcut<T extends BodyClass>(bodyClass: T): T {
  return new Proxy(bodyClass, { get: (target, name) => (name === 'accepts' ? () => false : (Reflect.get(target, name) as unknown)) });
}

const field = fc.constantFrom('text', 'texts', 'extra', 'constructor', 'toString', 'hasOwnProperty', 'limits');
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('', 'abcde', 'abcdef', '\ud83d', '😀😀😀😀😀', '😀😀😀😀😀😀'),
);
const value = fc.oneof(
  text,
  fc.array(fc.oneof({ weight: 9, arbitrary: text }, fc.jsonValue()), { maxLength: 110, size: 'max' }),
  fc.jsonValue(),
);
const body = fc.oneof(
  fc.record({ text: value }),
  fc.record({ texts: value }),
  fc.dictionary(field, value, { maxKeys: 3, noNullPrototype: true }),
  fc.jsonValue(),
);

describe.each([
  { name: 'EmbedRequest', bodyClass: EmbedRequest },
  { name: 'EmbedBatchRequest', bodyClass: EmbedBatchRequest },
])('the shortcut of $name', ({ bodyClass }) => {
  it('says yes only where class-validator finds no fault', () => {
    fc.assert(
      fc.property(body, (candidate) => {
        const accepted = bodyClass.accepts(candidate, LIMITS);
        const faults = faultsOf(withoutShortcut(bodyClass), candidate);
        expect(accepted && faults.length > 0).toBe(false);
      }),
      { seed: 20_265, numRuns: 1000 },
    );
  });

  it('says yes to what is usual, so that it is one', () => {
    const usual = { text: 'abc', texts: ['abc', 'abcde'] };
    const { text: one, texts } = usual;
    expect(bodyClass.accepts(bodyClass === EmbedRequest ? { text: one } : { texts }, LIMITS)).toBe(true);
  });
});

describe('BodyPipe', () => {
  it('lets a valid body through as it is', () => {
    const given = { text: 'abc' };
    expect(pipe.transform(given, { type: 'body', metatype: EmbedRequest })).toBe(given);
  });

  it('does not look at what is no body', () => {
    expect(pipe.transform('anything', { type: 'param', metatype: EmbedRequest })).toBe('anything');
    expect(pipe.transform('anything', { type: 'body', metatype: String })).toBe('anything');
  });

  it.each([undefined, null, 'text', 7, ['text']])('refuses %j: a body is an object', (given) => {
    expect(faultsOf(EmbedRequest, given)).toEqual([{ field: 'body', message: 'must be a JSON object' }]);
  });

  it.each([
    [{}, 'text', 'is missing'],
    [{ text: null }, 'text', 'must be a string, not null'],
    [{ text: '' }, 'text', 'must not be empty'],
    [{ text: 'abcdef' }, 'text', 'must have at most 5 characters (MAX_TEXT_LENGTH), not 6'],
    [{ text: 'abc', extra: 1 }, 'extra', 'is not a known field; remove it'],
  ])('refuses %j: %s %s', (given, name, message) => {
    expect(faultsOf(EmbedRequest, given)).toEqual([{ field: name, message }]);
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])('refuses a field called %s like any other unknown one', (name) => {
    expect(faultsOf(EmbedRequest, { text: 'abc', [name]: 1 })).toEqual([{ field: name, message: 'is not a known field; remove it' }]);
  });

  it('refuses a field called __proto__, which a JSON parser can bring', () => {
    const given: unknown = JSON.parse('{"text": "abc", "__proto__": {"text": "def"}}');
    expect(faultsOf(EmbedRequest, given)).not.toEqual([]);
  });

  it('names every fault, those of texts with their index', () => {
    expect(faultsOf(EmbedBatchRequest, { texts: ['', 'fine', 7, 'abcdef'], extra: 1 })).toEqual(
      expect.arrayContaining([
        { field: 'extra', message: 'is not a known field; remove it' },
        { field: 'texts[0]', message: 'must not be empty' },
        { field: 'texts[2]', message: 'must be a string, not a number' },
        { field: 'texts[3]', message: 'must have at most 5 characters (MAX_TEXT_LENGTH), not 6' },
      ]),
    );
  });

  it('says the first fault in the message, and how many more there are', () => {
    const given = { texts: ['', 'fine', 7] };
    expect(() => pipe.transform(given, { type: 'body', metatype: EmbedBatchRequest })).toThrow('texts[0] must not be empty (and 1 more)');
  });

  it('takes a hundred texts and not one more', () => {
    const texts = (count: number): object => ({ texts: Array.from({ length: count }, () => 'a') });
    expect(faultsOf(EmbedBatchRequest, texts(100))).toEqual([]);
    expect(faultsOf(EmbedBatchRequest, texts(101))).toEqual([
      { field: 'texts', message: 'must hold 1 to 100 texts, not 101' },
    ]);
  });

  it('names a hundred faults at most', () => {
    const texts = Array.from({ length: 10_000 }, () => '');
    expect(faultsOf(InvalidateRequest, { texts })).toHaveLength(100);
  });
});

describe('InvalidateRequest', () => {
  it.each([{ texts: ['a'] }, { all: true }, { texts: ['a'], all: true }])('may be %j', (given) => {
    expect(faultsOf(InvalidateRequest, given)).toEqual([]);
  });

  it.each([
    [{}, 'texts', 'is missing'],
    [{ texts: [] }, 'texts', 'must hold 1 to 10000 texts, not 0'],
    [{ all: false }, 'all', 'must be true, or left out'],
    [{ all: 'true' }, 'all', 'must be true, or left out'],
    [{ texts: [''] }, 'texts[0]', 'must not be empty'],
  ])('refuses %j: %s %s', (given, name, message) => {
    expect(faultsOf(InvalidateRequest, given)).toEqual([{ field: name, message }]);
  });
});
