import * as fc from 'fast-check';
import { tokenWindows } from './token-windows.js';

describe('tokenWindows', () => {
  it('is one window for tokens that fit, and for none', () => {
    expect(tokenWindows(16, 16)).toEqual([{ start: 0, end: 16 }]);
    expect(tokenWindows(0, 16)).toEqual([{ start: 0, end: 0 }]);
  });

  it('overlaps by an eighth, and ends with the last token', () => {
    expect(tokenWindows(40, 16)).toEqual([
      { start: 0, end: 16 },
      { start: 14, end: 30 },
      { start: 28, end: 40 },
    ]);
  });

  it('covers all tokens, has full windows but for the last, and none that lies in the one before', () => {
    fc.assert(
      fc.property(fc.nat(5_000), fc.integer({ min: 1, max: 600 }), (tokens, room) => {
        const windows = tokenWindows(tokens, room);
        const ends = windows.map(({ end }) => end);
        const overlap = Math.floor(room / 8);
        expect(windows.map(({ start }) => start)).toEqual([0, ...ends.slice(0, -1).map((end) => end - overlap)]);
        expect(windows.slice(0, -1).filter(({ start, end }) => end - start !== room)).toEqual([]);
        expect([...new Set(ends)]).toEqual(ends.toSorted((left, right) => left - right));
        expect(ends.at(-1)).toBe(tokens);
      }),
      { seed: 20_267, numRuns: 300 },
    );
  });
});
