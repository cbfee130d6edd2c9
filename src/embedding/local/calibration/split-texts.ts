/** One of so many texts is kept apart. */
const APART_EVERY = 4;
/** More texts than these show no more of the error. */
const MOST_APART = 250;
/** Fewer texts say too little. */
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
