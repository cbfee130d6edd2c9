const DIGITS = /^\d{1,15}$/;

/** A whole number written as decimal digits and nothing else, so neither `1e1` nor `0x10` nor ` 1`; undefined = it is none. */
export function wholeNumberOf(value: unknown): number | undefined {
  return typeof value === 'string' && DIGITS.test(value) ? Number(value) : undefined;
}
