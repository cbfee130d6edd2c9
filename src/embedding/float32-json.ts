/** For a magnitude from 10^-(k+1) up to 10^-k, 10^(7+k) keeps seven significant digits before the point. */
const SEVEN_DIGIT_SCALES = Array.from({ length: 9 }, (_, k) => 10 ** (7 + k));
const THRESHOLDS = Array.from({ length: 9 }, (_, k) => 10 ** -(k + 1));

/**
 * The vector as a JSON array of the shortest numbers that read back as the same float32: seven to nine significant
 * digits (IEEE 754: nine are always enough), where JSON.stringify of a float32 writes up to seventeen.
 */
export function float32Json(vector: Float32Array): string {
  const numbers = new Array<number>(vector.length);
  for (let index = 0; index < vector.length; index++) numbers[index] = shortest(vector[index] ?? 0);
  return JSON.stringify(numbers);
}

/** The float64 with the fewest decimal digits that rounds to this float32. */
function shortest(value: number): number {
  const magnitude = Math.abs(value);
  if (magnitude >= 1 || magnitude < 1e-9) return Number(value.toPrecision(9)); // rare in a unit vector, so no need to be fast
  let row = 0;
  while (magnitude < (THRESHOLDS[row] ?? 0)) row++;
  const scale = SEVEN_DIGIT_SCALES[row] ?? 1;
  for (const precision of [scale, scale * 10]) {
    const rounded = Math.round(value * precision) / precision;
    if (Math.fround(rounded) === value) return rounded;
  }
  const nineDigits = Math.round(value * scale * 100) / (scale * 100);
  return Math.fround(nineDigits) === value ? nineDigits : value;
}
