/**
 * @typedef {object} Timing
 * @property {number} rounds
 * @property {number} groupSizeMs The time for each measurement of a group size.
 * @property {number} ceilingMs
 * @property {{ warmUpMs: number, windowMs: number }} warmUp
 * @property {{ warmUpMs: number, windowMs: number }} rate
 * @property {{ warmUpMs: number, windowMs: number }} latency
 * @property {{ warmUpMs: number, windowMs: number }} lone
 */

/** @type {Timing} */
export const fullTiming = {
  rounds: 3,
  groupSizeMs: 600,
  ceilingMs: 2500,
  warmUp: { warmUpMs: 0, windowMs: 5000 },
  rate: { warmUpMs: 500, windowMs: 4000 },
  latency: { warmUpMs: 400, windowMs: 3000 },
  lone: { warmUpMs: 300, windowMs: 1500 },
};

/** @type {Timing} */
export const quickTiming = {
  rounds: 1,
  groupSizeMs: 150,
  ceilingMs: 800,
  warmUp: { warmUpMs: 0, windowMs: 300 },
  rate: { warmUpMs: 300, windowMs: 1600 },
  latency: { warmUpMs: 300, windowMs: 1200 },
  lone: { warmUpMs: 200, windowMs: 600 },
};
