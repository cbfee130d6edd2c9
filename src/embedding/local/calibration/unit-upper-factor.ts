/**
 * The strictly upper triangular U of a symmetric positive definite matrix H = (U + I) D (U + I)^T, where D is diagonal. The
 * numbers lie row by row, and those of the matrix are overwritten. It is Cholesky's method from the last column to the first.
 */
export function unitUpperFactor(matrix: Float64Array, size: number): Float64Array {
  for (let column = size - 1; column >= 0; column--) {
    const diagonal = Math.sqrt(rest(matrix, size, column, column));
    for (let row = 0; row < column; row++) matrix[row * size + column] = rest(matrix, size, row, column) / diagonal;
    matrix[column * size + column] = diagonal;
  }
  scaleColumns(matrix, size);
  return matrix;
}

/** The rest of an element after the columns that are done. */
function rest(matrix: Float64Array, size: number, row: number, column: number): number {
  const [ofRow, ofColumn] = [row * size, column * size];
  let left = matrix[ofRow + column] ?? 0;
  for (let at = column + 1; at < size; at++) left -= (matrix[ofRow + at] ?? 0) * (matrix[ofColumn + at] ?? 0);
  return left;
}

function scaleColumns(matrix: Float64Array, size: number): void {
  for (let row = 0; row < size; row++) {
    for (let column = row + 1; column < size; column++) {
      const at = row * size + column;
      matrix[at] = (matrix[at] ?? 0) / (matrix[column * size + column] ?? 1);
    }
  }
}
