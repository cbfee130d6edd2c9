import { wholeNumberOf } from './whole-number-of.js';

describe('wholeNumberOf', () => {
  it.each([
    ['0', 0],
    ['20', 20],
    ['007', 7],
    ['999999999999999', 999_999_999_999_999],
  ])('reads %j', (text, number) => {
    expect(wholeNumberOf(text)).toBe(number);
  });

  it.each(['', ' 1', '1 ', '+1', '-1', '1.0', '1e1', '0x10', '0b1', '1_0', '\u0661', '1'.repeat(16), ['1'], 1, null, undefined])(
    'refuses %j',
    (value) => {
      expect(wholeNumberOf(value)).toBeUndefined();
    },
  );
});
