import { splitTexts } from './split-texts.js';

const TEXTS = Array.from({ length: 100 }, (_, index) => `text ${index}`);

describe('splitTexts', () => {
  it('keeps a quarter apart, and calibrates with no text of it', () => {
    const split = splitTexts([...TEXTS, ...TEXTS]);
    expect(split?.apart).toHaveLength(25);
    expect(new Set([...(split?.apart ?? []), ...(split?.forCalibration ?? [])])).toEqual(new Set(TEXTS));
    expect(split?.forCalibration).toHaveLength(75);
  });

  it('refuses fewer than 40 different texts', () => {
    expect(splitTexts([...TEXTS.slice(0, 39), ...TEXTS.slice(0, 39)])).toBeUndefined();
  });
});
