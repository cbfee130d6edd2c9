import { median } from '../statistics.js';
import { serviceCpu } from './process-cpu.js';
import { Random } from './random.js';
import { poissonRequests } from './traffic.js';

const warmUpMs = 3000;
const measuredMs = 5000;
const callers = 16;
/** Texts that come alone: a second has so few of them that they hardly ever meet. */
const lonePerSecond = 15;

/** @typedef {import('./real-load.js').Exchange} Exchange */
/** @typedef {Pick<import('../../src/capacity/measured-costs.js').MeasuredCosts, 'missMicroseconds' | 'missThreadsMicroseconds' | 'inferenceMsPerToken'>} TextCosts */
/** @typedef {{ exchanges: readonly Exchange[], costs: TextCosts, loadMicroseconds: number }} CostedRun */
/** @typedef {{ perSecond: number, loneMs: number, costs: TextCosts, loadMicroseconds: number }} Calibration */

/**
 * Runs a load, and measures the CPU time that a text took in each process meanwhile.
 *
 * @param {number} pid of the service
 * @param {() => Promise<readonly Exchange[]>} run
 * @returns {Promise<CostedRun>}
 */
export async function costsOf(pid, run) {
  const before = serviceCpu(pid);
  const ownBefore = process.cpuUsage();
  const exchanges = await run();
  const own = process.cpuUsage(ownBefore);
  const after = serviceCpu(pid);
  const texts = exchanges.length;
  const costs = {
    missMicroseconds: ((after.http - before.http) / texts) * 1000,
    missThreadsMicroseconds: ((after.threads - before.threads) / texts) * 1000,
    inferenceMsPerToken: (after.inference - before.inference) / tokensOf(exchanges),
  };
  return { exchanges, costs, loadMicroseconds: (own.user + own.system) / texts };
}

/**
 * Measures the highest rate of a running service, and the time of a text that comes alone.
 *
 * @param {import('./real-load.js').RealLoad} load
 * @param {{ pid: number, tokens: readonly [number, number], seed: number }} options
 * @returns {Promise<Calibration>}
 */
export async function calibrate(load, { pid, tokens: [fewest, most], seed }) {
  const random = new Random(seed);
  const tokens = () => fewest + random.below(most - fewest + 1);
  await load.closed({ callers, milliseconds: warmUpMs, tokens });
  const full = await costsOf(pid, () => load.closed({ callers, milliseconds: measuredMs, tokens }));
  const traffic = { perSecond: lonePerSecond, hitRate: 0, tokens: /** @type {const} */ ([fewest, most]), textsPerRequest: 1, callers: 1 };
  const arrivals = [...poissonRequests(traffic, { seed, untilMs: measuredMs })].map(({ at }) => ({ at, tokens: tokens() }));
  const lone = await load.open(arrivals);
  const { costs, loadMicroseconds } = full;
  return {
    costs,
    loadMicroseconds,
    perSecond: (full.exchanges.length / measuredMs) * 1000,
    loneMs: median(lone.map((of) => of.latencyMs)),
  };
}

/**
 * How much faster than one core all cores compute a lone text; below 1 if waking them takes longer than they save.
 *
 * @param {Calibration} calibration
 * @param {CostedRun} run
 */
export function wideSpeedup({ loneMs }, { exchanges, costs, loadMicroseconds }) {
  const runMs = costs.inferenceMsPerToken * (tokensOf(exchanges) / exchanges.length);
  return runMs / Math.max(0.1, loneMs - (costs.missMicroseconds + loadMicroseconds) / 1000);
}

/** @param {readonly Exchange[]} exchanges */
function tokensOf(exchanges) {
  return exchanges.reduce((sum, { tokens }) => sum + tokens, 0);
}
