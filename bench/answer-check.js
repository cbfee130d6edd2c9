import { apis } from './apis.js';
import { median } from './statistics.js';

/** @typedef {import('./load-program.js').LoadMeasurement} LoadMeasurement */
/** @typedef {(texts: readonly string[]) => Promise<number[][]>} Reference The vector of each text, computed alone. */

/**
 * @typedef {object} Check
 * @property {import('./apis.js').ApiName} api
 * @property {Reference} reference
 * @property {number} lowestCosine The lowest cosine of a right vector.
 */

/**
 * Throws if a kept answer is wrong, or if the length of another answer shows that it is wrong.
 *
 * @param {LoadMeasurement} measurement
 * @param {Check} check
 */
export async function checkAnswers({ samples, shortestAnswer, longestAnswer }, { api, reference, lowestCosine }) {
  if (samples.length === 0) throw new Error('no answer came in time');
  for (const { texts, body } of samples) {
    const vectors = apis[api].vectors(body);
    if (vectors.length !== texts.length) throw new Error(`${vectors.length} vectors for ${texts.length} texts`);
    const expected = await reference(texts);
    vectors.forEach((vector, index) => {
      const similarity = cosine(vector, expected[index] ?? []);
      if (!(similarity >= lowestCosine)) throw new Error(`cosine ${similarity} to the vector computed alone: ${texts[index]}`);
    });
  }
  checkLengths(samples, shortestAnswer, longestAnswer);
}

/**
 * Lengths of right answers differ by a few digits. A difference of half a vector means that a vector is missing, or another fault.
 *
 * @param {LoadMeasurement['samples']} samples
 * @param {number} shortest
 * @param {number} longest
 */
function checkLengths(samples, shortest, longest) {
  const usual = median(samples.map(({ body }) => Buffer.byteLength(body)));
  const halfVector = usual / (samples[0]?.texts.length ?? 1) / 2;
  if (shortest < usual - halfVector || longest > usual + halfVector)
    throw new Error(`answers of ${shortest} to ${longest} bytes, where ${usual} are usual`);
}

/**
 * @param {readonly number[]} left
 * @param {readonly number[]} right
 */
function cosine(left, right) {
  if (left.length !== right.length) return NaN;
  const dot = left.reduce((sum, value, index) => sum + value * (right[index] ?? NaN), 0);
  return dot / Math.hypot(...left) / Math.hypot(...right);
}
