import { Random } from './random.js';

/** @typedef {import('./http-process.js').Request} Request */

/**
 * @typedef {object} Traffic
 * @property {number} perSecond Requests; they arrive as a Poisson process.
 * @property {number} hitRate The share of requests for texts that were computed before.
 * @property {readonly [fewest: number, most: number]} tokens Of a text.
 * @property {number} textsPerRequest
 * @property {number} callers
 * @property {number} [hotCallerShare] The share of requests that one caller more sends.
 * @property {{ atMs: number, share: number }} [hotText] From then on, this share of requests asks for one text, which is new.
 */

const popularTexts = 500;

export const popularKeys = Array.from({ length: popularTexts }, (_, index) => `popular ${index}`);

/** The requests up to a time, in their order. @param {Traffic} traffic @param {{ seed: number, untilMs: number }} options @returns {Generator<Request>} */
export function* poissonRequests(traffic, { seed, untilMs }) {
  const random = new Random(seed);
  const meanMs = 1000 / traffic.perSecond;
  for (let at = random.exponential(meanMs), count = 0; at < untilMs; at += random.exponential(meanMs)) {
    const key = keyOf(traffic, { at, count: count++, random });
    yield { at, key, caller: callerOf(traffic, random), tokens: lengthsOf(traffic, random) };
  }
}

/** @param {Traffic} traffic @param {{ at: number, count: number, random: Random }} request */
function keyOf({ hitRate, hotText }, { at, count, random }) {
  if (hotText !== undefined && at >= hotText.atMs && random.next() < hotText.share) return 'hot';
  return random.next() < hitRate ? `popular ${random.below(popularTexts)}` : `new ${count}`;
}

/** @param {Traffic} traffic @param {Random} random */
function callerOf({ callers, hotCallerShare = 0 }, random) {
  return random.next() < hotCallerShare ? 'hot' : `caller ${random.below(callers)}`;
}

/** @param {Traffic} traffic @param {Random} random */
function lengthsOf({ tokens: [fewest, most], textsPerRequest }, random) {
  return Array.from({ length: textsPerRequest }, () => fewest + random.below(most - fewest + 1));
}
