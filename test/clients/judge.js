/** @typedef {import('./run-client.js').ClientReport} ClientReport */

/** Some clients average the parts of a long text, even if there is one, which costs the last digits. */
const tolerance = 1e-6;
const provoked = ['400', '401', '429'];

/**
 * Returns the problems; none = the client works.
 *
 * @param {ClientReport} report
 * @param {readonly (readonly number[])[]} expected
 * @returns {readonly string[]}
 */
export function faultsOf({ vectors, errors }, expected) {
  const difference = largestDifference(vectors, expected);
  return [
    ...(difference <= tolerance ? [] : [`vectors differ from those of /embed/batch by ${difference}`]),
    ...provoked.filter((status) => errors[status]?.isOwn !== true).map((status) => `${status} came as ${JSON.stringify(errors[status])}`),
  ];
}

/**
 * Compares as float32, because some clients get base64 and some get decimals.
 *
 * @param {readonly (readonly number[])[]} vectors
 * @param {readonly (readonly number[])[]} expected
 */
export function largestDifference(vectors, expected) {
  if (vectors.length !== expected.length) return Infinity;
  let largest = 0;
  for (const [index, vector] of vectors.entries()) {
    if (vector.length !== expected[index]?.length) return Infinity;
    for (const [at, value] of vector.entries()) {
      const difference = Math.abs(Math.fround(value) - Math.fround(expected[index]?.[at] ?? Infinity));
      largest = Math.max(largest, Number.isNaN(difference) ? Infinity : difference);
    }
  }
  return largest;
}
