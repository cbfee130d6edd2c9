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
        windows.forEach(({ start, end }, index) => {
          const before = windows[index - 1];
          expect(start).toBe(before === undefined ? 0 : before.end - Math.floor(room / 8));
          if (before !== undefined) expect(end).toBeGreaterThan(before.end);
          if (index < windows.length - 1) expect(end - start).toBe(room);
        });
        expect(windows.at(-1)?.end).toBe(tokens);
      }),
      { seed: 20_267, numRuns: 300 },
    );
  });
});
