import { ServiceError, type Fault } from '../errors/index.js';
import { BodyPipe } from './body.pipe.js';
import { AreTexts, IsText, LimitedBody } from '../texts/index.js';

class OneText extends LimitedBody {
  @IsText()
  text!: string;

  static accepts(): boolean {
    return false;
  }
}

class SomeTexts extends LimitedBody {
  @AreTexts(1000)
  texts!: string[];

  static accepts(): boolean {
    return false;
  }
}

/** Its fast check accepts every body. */
class Anything extends OneText {
  static override accepts(): boolean {
    return true;
  }
}

/** Of another server's dialect. */
class ForeignText extends OneText {
  static override readonly isForeign = true;
}

const pipe = new BodyPipe({ maxTextLength: 5, maxForeignTextLength: 8, maxTokenIds: undefined });

function faultsOf(bodyClass: typeof OneText | typeof SomeTexts, body: unknown): readonly Fault[] {
  try {
    pipe.transform(body, { type: 'body', metatype: bodyClass });
    return [];
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'invalid_request') return error.faults;
    throw error;
  }
}

describe('BodyPipe', () => {
  it('passes a valid body on unchanged', () => {
    const given = { text: 'abc' };
    expect(pipe.transform(given, { type: 'body', metatype: OneText })).toBe(given);
  });

  it('asks class-validator only if the fast check does not accept the body', () => {
    expect(pipe.transform({ text: 7 }, { type: 'body', metatype: Anything })).toEqual({ text: 7 });
  });

  it('does not check an argument that is no body', () => {
    expect(pipe.transform('anything', { type: 'param', metatype: OneText })).toBe('anything');
    expect(pipe.transform('anything', { type: 'body', metatype: String })).toBe('anything');
  });

  it.each([undefined, null, 'text', 7, ['text']])('refuses %j: a body is an object', (given) => {
    expect(faultsOf(OneText, given)).toEqual([{ field: 'body', message: 'must be a JSON object' }]);
  });

  it.each([
    [{}, 'text', 'is missing'],
    [{ text: null }, 'text', 'must be a string, not null'],
    [{ text: '' }, 'text', 'must not be empty'],
    [{ text: 'abcdef' }, 'text', 'must have at most 5 characters (MAX_TEXT_LENGTH), not 6'],
    [{ text: 'abc', extra: 1 }, 'extra', 'is not a known field; remove it'],
  ])('refuses %j: %s %s', (given, name, message) => {
    expect(faultsOf(OneText, given)).toEqual([{ field: name, message }]);
  });

  it("accepts longer texts, and nulls in unknown fields, in another server's dialect", () => {
    expect(faultsOf(ForeignText, { text: 'abcdefgh', extra: null })).toEqual([]);
    expect(faultsOf(ForeignText, { text: 'abcdefghi', extra: 1 })).toEqual([
      { field: 'extra', message: 'is not a known field; remove it' },
      { field: 'text', message: 'must have at most 8 characters (MAX_TEXT_LENGTH), not 9' },
    ]);
    expect(faultsOf(OneText, { text: 'abc', extra: null })).toHaveLength(1);
  });

  it('names the route that has a field of another dialect', () => {
    expect(faultsOf(OneText, { text: 'abc', input: 'abc' })).toEqual([
      { field: 'input', message: 'is not a known field of this route; POST /v1/embeddings and POST /api/embed take it' },
    ]);
  });

  it.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])('refuses a field called %s like any other unknown one', (name) => {
    expect(faultsOf(OneText, { text: 'abc', [name]: 1 })).toEqual([{ field: name, message: 'is not a known field; remove it' }]);
  });

  it.each([null, {}, [], 'text', true])('refuses a field called constructor with any value, such as %j', (value) => {
    expect(faultsOf(OneText, { text: 'abc', constructor: value })).toEqual([
      { field: 'constructor', message: 'is not a known field; remove it' },
    ]);
  });

  it('refuses a field called __proto__, which a JSON parser can bring', () => {
    const given: unknown = JSON.parse('{"text": "abc", "__proto__": {"text": "def"}}');
    expect(faultsOf(OneText, given)).not.toEqual([]);
  });

  it('names every fault, those of texts with their index', () => {
    expect(faultsOf(SomeTexts, { texts: ['', 'fine', 7, 'abcdef'], extra: 1 })).toEqual(
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
    expect(() => pipe.transform(given, { type: 'body', metatype: SomeTexts })).toThrow('texts[0] must not be empty (and 1 more)');
  });

  it('names twenty faults and says how many more there are', () => {
    const texts = Array.from({ length: 500 }, () => '');
    expect(faultsOf(SomeTexts, { texts })).toHaveLength(20);
    expect(() => pipe.transform({ texts }, { type: 'body', metatype: SomeTexts })).toThrow('texts[0] must not be empty (and 499 more)');
  });

  it('names twenty of a hundred thousand unknown fields, without an object of class-validator for each', () => {
    const given = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, 1]));
    const startedAt = process.cpuUsage().user;
    expect(faultsOf(OneText, { text: 'abc', ...given }).slice(0, 2)).toEqual([
      { field: 'k0', message: 'is not a known field; remove it' },
      { field: 'k1', message: 'is not a known field; remove it' },
    ]);
    expect(process.cpuUsage().user - startedAt).toBeLessThan(1_000_000); // microseconds; it was over three seconds
  });

  it('shows only the beginning of a very long name', () => {
    const [fault] = faultsOf(OneText, { text: 'abc', ['x'.repeat(1000)]: 1 });
    expect(fault?.field).toBe(`${'x'.repeat(100)}…`);
  });
});
