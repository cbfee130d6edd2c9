/** The cosine of the angle between two vectors of the same size; 0 if one of them is zero. */
export function cosineBetween(first: Float32Array, second: Float32Array): number {
  let [product, firstSquares, secondSquares] = [0, 0, 0];
  first.forEach((value, at) => {
    const opposite = second[at] ?? 0;
    product += value * opposite;
    firstSquares += value * value;
    secondSquares += opposite * opposite;
  });
  return product / Math.sqrt(firstSquares * secondSquares || 1);
}
