import { faultOfInput, inputsOf } from './embedding-input.js';

describe('the inputs of a request', () => {
  it.each([
    ['a text', 'a', [{ field: 'input', value: 'a' }]],
    ['the tokens of a text', [1, 2], [{ field: 'input', value: [1, 2] }]],
    [
      'some texts',
      ['a', ''],
      [
        { field: 'input[0]', value: 'a' },
        { field: 'input[1]', value: '' },
      ],
    ],
    [
      'the tokens of some texts',
      [[1], [2, 3]],
      [
        { field: 'input[0]', value: [1] },
        { field: 'input[1]', value: [2, 3] },
      ],
    ],
  ])('may be %s', (_, input, inputs) => {
    expect(faultOfInput(input)).toBeUndefined();
    expect(inputsOf(input)).toEqual(inputs);
  });

  it('are 2,048 at most; tokens may be more', () => {
    expect(faultOfInput(Array(2048).fill('a'))).toBeUndefined();
    expect(faultOfInput(Array(2049).fill('a'))).toBe('must hold 1 to 2048 inputs, not 2049');
    expect(faultOfInput(Array(9000).fill(1))).toBeUndefined();
  });

  it.each([
    [undefined, 'is missing'],
    [null, 'is missing'],
    [[], 'must hold 1 to 2048 inputs, not 0'],
    [3, 'must be a string, an array of token ids, or an array of either'],
    [{ text: 'a' }, 'must be a string, an array of token ids, or an array of either'],
  ])('are not %j: it %s', (input, fault) => {
    expect(faultOfInput(input)).toBe(fault);
  });
});
