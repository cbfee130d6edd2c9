/**
 * Divides `total` in proportion to `weights` into whole numbers that add up to it (largest remainder method): an upstream bills
 * a whole call, and each text of the call gets its part.
 */
export function apportioned(total: number, weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((some, weight) => some + weight, 0);
  const exact = weights.map((weight) => (sum === 0 ? total / weights.length : (total * weight) / sum));
  const shares = exact.map(Math.floor);
  const missing = total - shares.reduce((some, share) => some + share, 0);
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share % 1 }))
    .sort((left, right) => right.remainder - left.remainder);
  for (const { index } of byRemainder.slice(0, missing)) shares[index] = (shares[index] ?? 0) + 1;
  return shares;
}
