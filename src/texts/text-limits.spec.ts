import { faultOfText, faultsOfTexts } from './text-limits.js';

const LIMITS = { maxTextLength: 5 };

describe('faultOfText', () => {
  it.each(['a', 'abcde', ' ', '\0', 'é', '日本語です'])('finds none in %j', (text) => {
    expect(faultOfText(text, LIMITS)).toBeUndefined();
  });

  it.each([
    [undefined, 'is missing'],
    [null, 'must be a string, not null'],
    [7, 'must be a string, not a number'],
    [true, 'must be a string, not a boolean'],
    [['a'], 'must be a string, not an array'],
    [{ text: 'a' }, 'must be a string, not an object'],
    ['', 'must not be empty'],
    ['abcdef', 'must have at most 5 characters (MAX_TEXT_LENGTH), not 6'],
  ])('explains the fault of %j: %s', (text, fault) => {
    expect(faultOfText(text, LIMITS)).toBe(fault);
  });

  it('counts code points, so that one beyond the basic plane is one character', () => {
    expect(faultOfText('😀'.repeat(5), LIMITS)).toBeUndefined();
    expect(faultOfText('😀'.repeat(6), LIMITS)).toMatch(/not 6$/);
  });

  it('counts half a surrogate pair as a character', () => {
    expect(faultOfText('\ud83d'.repeat(5), LIMITS)).toBeUndefined();
    expect(faultOfText('\ude00'.repeat(6), LIMITS)).toMatch(/not 6$/);
  });
});

describe('faultsOfTexts', () => {
  it('finds none in texts that are each allowed, equal ones too', () => {
    expect(faultsOfTexts(['a', 'b', 'a'], 3, LIMITS)).toBeUndefined();
  });

  it.each([
    [undefined, 'is missing'],
    ['a', 'must be an array of strings, not a string'],
    [{ 0: 'a' }, 'must be an array of strings, not an object'],
    [[], 'must hold 1 to 3 texts, not 0'],
    [['a', 'b', 'c', 'd'], 'must hold 1 to 3 texts, not 4'],
  ])('explains the fault of %j: %s', (texts, fault) => {
    expect(faultsOfTexts(texts, 3, LIMITS)).toBe(fault);
  });

  it('names each text that is not allowed by its index, a line each', () => {
    expect(faultsOfTexts(['', 'fine', 7], 3, LIMITS)).toBe('[0] must not be empty\n[2] must be a string, not a number');
  });
});
