import { simulate } from './simulate.js';
import { poissonRequests } from './traffic.js';

/** @typedef {import('./fleet.js').Configuration} Configuration */
/** @typedef {import('./traffic.js').Traffic} Traffic */
/** @typedef {{ seed: number, fromMs: number, untilMs: number }} Span */

/** A rate is held if nearly all requests are answered in the window, and most of them soon. */
const heldShare = 0.97;
const soonMs = 250;
/** Rates are tried until they differ by less. */
const precision = 1.05;

/**
 * Finds the highest rate of requests that is held, and its result.
 *
 * @param {{ configuration: Configuration, traffic: Omit<Traffic, 'perSecond'>, span: Span }} scenario
 * @param {import('./parts.js').Parts} parts
 */
export function highestRate({ configuration, traffic, span }, parts) {
  const at = (/** @type {number} */ perSecond) => {
    const requests = poissonRequests({ ...traffic, perSecond }, span);
    return simulate({ configuration, requests, ...span }, parts);
  };
  let low = { perSecond: 100, result: at(100) };
  let high = low.perSecond * 2;
  for (let result = at(high); isHeld(result); result = at(high)) {
    low = { perSecond: high, result };
    high *= 2;
  }
  while (high / low.perSecond > precision) {
    const middle = Math.sqrt(high * low.perSecond);
    const result = at(middle);
    if (isHeld(result)) low = { perSecond: middle, result };
    else high = middle;
  }
  return low;
}

/** @param {import('./simulate.js').Result} result */
function isHeld({ arrived, outcomes, latencyMs, late }) {
  return late === 0 && outcomes.answered >= heldShare * arrived && latencyMs.p95 <= soonMs;
}
