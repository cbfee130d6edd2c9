import { groupTokens, runCounts } from './run-counts.js';
import { serviceCpu } from './process-cpu.js';
import { Random } from './random.js';

const warmUpMs = 8000;
const measuredMs = 4000;
/** So many that groups are as large as they can be. */
const manyCallers = 64;

/** @typedef {import('./real-load.js').Exchange} Exchange */
/** @typedef {{ url: string, pid: number }} Service */

/**
 * CPU milliseconds of a load, by thread, and what it consisted of.
 *
 * @typedef {object} MeasuredRun
 * @property {readonly Exchange[]} exchanges
 * @property {number} texts
 * @property {number} tokens
 * @property {number} http
 * @property {number} threads
 * @property {number} inference Of the threads that run groups.
 * @property {number} load
 * @property {number} runs
 * @property {number} wideRuns
 */

/**
 * Milliseconds of inference: of a text on all cores, and, on one core, of a run and of each of its tokens.
 *
 * @typedef {{ wideMs: number, msPerRun: number, msPerToken: number }} RunTimes
 */
/** @typedef {RunTimes & { perSecond: number, groupTokens: number, meanTokens: number }} Calibration */

/** Runs a load, and measures what it took. @param {Service} service @param {() => Promise<readonly Exchange[]>} run @returns {Promise<MeasuredRun>} */
export async function measured({ url, pid }, run) {
  const countsBefore = await runCounts(url);
  const before = serviceCpu(pid);
  const ownBefore = process.cpuUsage();
  const exchanges = await run();
  const own = process.cpuUsage(ownBefore);
  const after = serviceCpu(pid);
  const counts = await runCounts(url);
  return {
    exchanges,
    texts: exchanges.length,
    tokens: exchanges.reduce((sum, { tokens }) => sum + tokens, 0),
    http: after.http - before.http,
    threads: after.threads - before.threads,
    inference: after.inference - before.inference,
    load: (own.user + own.system) / 1000,
    runs: counts.runs - countsBefore.runs,
    wideRuns: counts.wideRuns - countsBefore.wideRuns,
  };
}

/**
 * Measures the highest rate of a running service, and the CPU time of its runs: with one caller each text has all cores, with two
 * each has one core, and with many callers texts run in groups.
 *
 * @param {import('./real-load.js').RealLoad} load
 * @param {{ service: Service, tokens: readonly [number, number], seed: number }} options
 * @returns {Promise<Calibration>}
 */
export async function calibrate(load, { service, tokens: [fewest, most], seed }) {
  const random = new Random(seed);
  const tokens = () => fewest + random.below(most - fewest + 1);
  const closed = (/** @type {number} */ callers, milliseconds = measuredMs) => load.closed({ callers, milliseconds, tokens });
  await closed(manyCallers, warmUpMs);
  const before = await runCounts(service.url);
  const full = await measured(service, () => closed(manyCallers));
  const after = await runCounts(service.url);
  const lone = await measured(service, () => closed(1));
  const pairs = await measured(service, () => closed(2));
  return {
    ...runTimes({ full, lone, pairs }),
    perSecond: (full.texts / measuredMs) * 1000,
    groupTokens: groupTokens(before, after),
    meanTokens: (fewest + most) / 2,
  };
}

/** @param {Readonly<Record<'full' | 'lone' | 'pairs', MeasuredRun>>} runs @returns {RunTimes} */
function runTimes({ full, lone, pairs }) {
  const wideMs = lone.inference / lone.runs;
  const narrowMs = (pairs.inference - pairs.wideRuns * wideMs) / (pairs.runs - pairs.wideRuns);
  const tokens = pairs.tokens / pairs.texts;
  const groupMs = full.inference / full.runs;
  const msPerToken = Math.min(narrowMs / tokens, (groupMs - narrowMs) / (full.tokens / full.runs - tokens));
  return { wideMs, msPerToken, msPerRun: narrowMs - msPerToken * tokens };
}

/**
 * How much longer inference took in a run than when it was calibrated: caches are cold after a pause, and the speed of a virtual
 * machine changes.
 *
 * @param {Calibration} calibration @param {MeasuredRun} run
 */
export function slowness({ wideMs, msPerRun, msPerToken, meanTokens }, { inference, runs, wideRuns, tokens }) {
  const narrowTokens = tokens - wideRuns * meanTokens;
  return inference / (wideRuns * wideMs + (runs - wideRuns) * msPerRun + narrowTokens * msPerToken);
}
