import { equalLengths } from './equal-lengths.js';

describe('equalLengths', () => {
  it('puts texts of one length together, up to a number of tokens', () => {
    const texts = [3, 2, 3, 2, 2, 9].map((length) => new Int32Array(length));
    const groups = equalLengths(texts, 4).map((group) => group.map(({ length }) => length));
    expect(groups).toEqual([[2, 2], [2], [3], [3], [9]]);
  });
});
