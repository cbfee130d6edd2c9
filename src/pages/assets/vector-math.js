/** @typedef {readonly number[]} Vector */

/**
 * Computes the cosines of all pairs.
 *
 * @param {readonly Vector[]} vectors
 * @returns {number[][]}
 */
export function cosines(vectors) {
  return cosinesOf(vectors, vectors);
}

/**
 * @param {readonly Vector[]} lefts
 * @param {readonly Vector[]} rights
 */
function cosinesOf(lefts, rights) {
  const lengths = rights.map(lengthOf);
  return lefts.map((left) => {
    const length = lengthOf(left);
    return rights.map((right, column) => dot(left, right) / (length * at(lengths, column) || 1));
  });
}

/** @param {Vector} vector */
function lengthOf(vector) {
  return Math.sqrt(dot(vector, vector));
}

/**
 * Lists the vectors by their cosine with a query, the nearest first; of equal ones, the first.
 *
 * @param {Vector} query
 * @param {readonly Vector[]} vectors
 */
export function rankedBy(query, vectors) {
  const [row = []] = cosinesOf([query], vectors);
  return row.map((cosine, index) => ({ index, cosine })).sort((left, right) => right.cosine - left.cosine);
}

/**
 * Lists the pairs of two different texts, the most similar first.
 *
 * @param {readonly (readonly number[])[]} matrix
 */
export function rankedPairs(matrix) {
  return matrix
    .flatMap((row, first) => row.slice(first + 1).map((cosine, offset) => ({ first, second: first + 1 + offset, cosine })))
    .sort((left, right) => right.cosine - left.cosine);
}

/**
 * Places vectors on a plane that keeps as much of their differences as a plane can: by their first two principal
 * components. Also returns the share of the variance that each keeps. It uses the centred Gram matrix, which is small,
 * because it has a row for each text, not for each dimension.
 *
 * @param {readonly Vector[]} vectors
 */
export function project(vectors) {
  const gram = centred(vectors.map((left) => vectors.map((right) => dot(left, right))));
  const variance = gram.reduce((sum, row, index) => sum + at(row, index), 0);
  const first = strongestComponent(gram);
  const second = strongestComponent(deflated(gram, first));
  const share = (/** @type {{ strength: number }} */ { strength }) => (variance > 1e-12 ? strength / variance : 0);
  return {
    points: vectors.map((_, index) => ({ x: coordinate(first, index), y: coordinate(second, index) })),
    kept: [share(first), share(second)],
  };
}

/** @typedef {{ readonly direction: readonly number[], readonly strength: number }} Component */

/**
 * @param {Component} component
 * @param {number} index
 */
function coordinate({ direction, strength }, index) {
  return at(direction, index) * Math.sqrt(Math.max(0, strength));
}

/**
 * Power iteration. It starts from fixed numbers, so that the same texts always give the same map.
 *
 * @param {readonly (readonly number[])[]} matrix
 * @returns {Component}
 */
function strongestComponent(matrix) {
  let direction = normalised(matrix.map((_, index) => Math.sin(index + 1) + 0.01));
  for (let round = 0; round < 300; round++) {
    const next = normalised(matrix.map((row) => dot(row, direction)));
    const change = Math.abs(1 - Math.abs(dot(next, direction)));
    direction = next;
    if (change < 1e-12) break;
  }
  return {
    direction,
    strength: dot(
      direction,
      matrix.map((row) => dot(row, direction)),
    ),
  };
}

/**
 * @param {readonly (readonly number[])[]} matrix
 * @param {Component} component
 */
function deflated(matrix, { direction, strength }) {
  return matrix.map((row, i) => row.map((value, j) => value - strength * at(direction, i) * at(direction, j)));
}

/** @param {readonly (readonly number[])[]} matrix symmetric */
function centred(matrix) {
  const means = matrix.map((row) => row.reduce((sum, value) => sum + value, 0) / row.length);
  const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
  return matrix.map((row, i) => row.map((value, j) => value - at(means, i) - at(means, j) + mean));
}

/** @param {readonly number[]} vector */
function normalised(vector) {
  const length = lengthOf(vector);
  return length < 1e-12 ? vector.map(() => 0) : vector.map((value) => value / length);
}

/**
 * @param {Vector} left
 * @param {Vector} right
 */
function dot(left, right) {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += at(left, index) * at(right, index);
  return sum;
}

/**
 * @param {readonly number[]} numbers
 * @param {number} index
 */
function at(numbers, index) {
  return numbers[index] ?? 0;
}
