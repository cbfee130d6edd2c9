import { median } from '../statistics.js';
import { serviceCpu } from './process-cpu.js';
import { Random } from './random.js';

const warmUpMs = 3000;
const measuredMs = 5000;
const callers = 16;

/** @typedef {{ costs: Partial<import('../../src/capacity/measured-costs.js').MeasuredCosts>, loadMicroseconds: number, wideSpeedup: number, perSecond: number }} Calibration */

/**
 * Measures the constants of the simulation on a running service: CPU for a text that is computed, by process, and the
 * highest rate.
 *
 * @param {import('./real-load.js').RealLoad} load
 * @param {{ pid: number, tokens: readonly [number, number], seed: number }} options
 * @returns {Promise<Calibration>}
 */
export async function calibrate(load, { pid, tokens: [fewest, most], seed }) {
  const random = new Random(seed);
  const tokens = () => fewest + random.below(most - fewest + 1);
  await load.closed({ callers, milliseconds: warmUpMs, tokens });
  const before = serviceCpu(pid);
  const ownBefore = process.cpuUsage();
  const exchanges = await load.closed({ callers, milliseconds: measuredMs, tokens });
  const own = process.cpuUsage(ownBefore);
  const after = serviceCpu(pid);
  const texts = exchanges.length;
  const allTokens = exchanges.reduce((sum, exchange) => sum + exchange.tokens, 0);
  const costs = {
    missMicroseconds: ((after.http - before.http) / texts) * 1000,
    missThreadsMicroseconds: ((after.threads - before.threads) / texts) * 1000,
    inferenceMsPerToken: (after.inference - before.inference) / allTokens,
  };
  const loadMicroseconds = (own.user + own.system) / texts;
  const lone = await load.closed({ callers: 1, milliseconds: warmUpMs, tokens });
  const loneMs = median(lone.map(({ latencyMs }) => latencyMs));
  const wideMs = loneMs - (costs.missMicroseconds + loadMicroseconds) / 1000;
  const wideSpeedup = (costs.inferenceMsPerToken * (allTokens / texts)) / wideMs;
  return { costs, loadMicroseconds, wideSpeedup, perSecond: (texts / measuredMs) * 1000 };
}
