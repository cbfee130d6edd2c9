/** Every fourth text is kept apart. */
const APART_EVERY = 4;
/** More texts do not measure the error more precisely. */
const MOST_APART = 250;
/** Fewer texts are too few to judge weights by. */
export const LEAST_TEXTS = 40;

export interface SplitTexts {
  readonly forCalibration: readonly string[];
  /** Different texts, by which the result is judged. */
  readonly apart: readonly string[];
}

/** Undefined = there are too few different texts. */
export function splitTexts(texts: readonly string[]): SplitTexts | undefined {
  const different = [...new Set(texts)];
  if (different.length < LEAST_TEXTS) return undefined;
  const apart = different.filter((_, index) => index % APART_EVERY === 0).slice(0, MOST_APART);
  const isApart = new Set(apart);
  return { forCalibration: different.filter((text) => !isApart.has(text)), apart };
}
