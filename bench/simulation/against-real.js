import { availableParallelism } from 'node:os';
import { ServiceProcess } from '../service-process.js';
import { percentile } from '../statistics.js';
import { shortTexts } from '../text-source.js';
import { calibrate } from './calibrate.js';
import { OtherLoad } from './process-cpu.js';
import { RealLoad } from './real-load.js';
import { simulate } from './simulate.js';
import { poissonRequests } from './traffic.js';
import { oneInstance } from './walls.js';

const sharesOfHighest = [0.3, 0.5, 0.7, 0.85, 1.2];
const runMs = 8000;
const skippedMs = 1500;
/** The simulation agrees if it is off by no more. */
const tolerance = 0.15;
/** With more work of other programs on the machine, a comparison says nothing. */
const mostOtherWork = 0.05;

/** @typedef {{ perSecond: number, p50: number, p95: number }} Figures */

const figureNames = /** @type {const} */ (['perSecond', 'p50', 'p95']);
/** Above the highest rate, times grow for as long as the load lasts, so only the rate is compared. */
const overloadedNames = /** @type {const} */ (['perSecond']);

/**
 * Drives the built service with misses, and the simulation with the same requests at the same times, with constants that are
 * measured in the same run.
 *
 * @param {import('./parts.js').Parts} parts
 * @param {number} seed
 */
export async function compareWithReal(parts, seed) {
  const service = await ServiceProcess.start();
  const load = new RealLoad(service.url);
  try {
    const calibration = await calibrate(load, { pid: service.pid, tokens: shortTexts, seed });
    printCalibration(calibration);
    const rows = [];
    for (const share of sharesOfHighest) rows.push(await compare(share, { load, pid: service.pid, calibration, parts, seed }));
    conclude(rows);
  } finally {
    load.close();
    await service.stop();
  }
}

/**
 * @param {number} share of the highest rate
 * @param {{ load: RealLoad, pid: number, calibration: import('./calibrate.js').Calibration, parts: import('./parts.js').Parts, seed: number }} options
 */
async function compare(share, { load, pid, calibration, parts, seed }) {
  const perSecond = share * calibration.perSecond;
  const traffic = { perSecond, hitRate: 0, tokens: shortTexts, textsPerRequest: 1, callers: 1 };
  const arrivals = [...poissonRequests(traffic, { seed, untilMs: runMs })].map(({ at, tokens: [tokens = 0] }) => ({ at, tokens }));
  const others = new OtherLoad(pid);
  const exchanges = await load.open(arrivals);
  const otherWork = others.share();
  const real = figuresOf(exchanges);
  const simulated = simulateSame(exchanges, { calibration, parts });
  printRow({ share, otherWork }, real, simulated);
  const names = share < 1 ? figureNames : overloadedNames;
  return { otherWork, ratios: names.map((name) => simulated[name] / real[name]) };
}

/** @param {readonly import('./real-load.js').Exchange[]} exchanges @returns {Figures} */
function figuresOf(exchanges) {
  const measured = exchanges.filter(({ at, latencyMs }) => at + latencyMs >= skippedMs && at + latencyMs < runMs);
  const latencies = measured.map(({ latencyMs }) => latencyMs);
  const perSecond = (measured.length / (runMs - skippedMs)) * 1000;
  return { perSecond, p50: percentile(latencies, 0.5), p95: percentile(latencies, 0.95) };
}

/**
 * @param {readonly import('./real-load.js').Exchange[]} exchanges
 * @param {{ calibration: import('./calibrate.js').Calibration, parts: import('./parts.js').Parts }} options
 * @returns {Figures}
 */
function simulateSame(exchanges, { calibration, parts }) {
  const { costs, loadMicroseconds, wideSpeedup } = calibration;
  const configuration = { ...oneInstance, cores: availableParallelism(), wideSpeedup };
  const requests = exchanges.map(({ at, tokens }, index) => ({ at, key: `${index}`, caller: '', tokens: [tokens] }));
  const scenario = { configuration, requests, fromMs: skippedMs, untilMs: runMs, loadMicroseconds };
  const { perSecond, latencyMs } = simulate(scenario, { ...parts, costs: { ...parts.costs, ...costs } });
  return { perSecond, ...latencyMs };
}

/** @param {import('./calibrate.js').Calibration} calibration */
function printCalibration({ costs, loadMicroseconds, wideSpeedup, perSecond }) {
  const { missMicroseconds = 0, missThreadsMicroseconds = 0, inferenceMsPerToken = 0 } = costs;
  console.log(`Measured on this machine, of ${availableParallelism()} cores, with 16 callers: ${perSecond.toFixed(0)} texts/s; for a text`);
  console.log(
    `${missMicroseconds.toFixed(0)} us HTTP, ${missThreadsMicroseconds.toFixed(0)} us other threads, ${loadMicroseconds.toFixed(0)} us load`,
  );
  console.log(`${inferenceMsPerToken.toFixed(4)} ms of inference for a token, ${wideSpeedup.toFixed(2)} x as fast for a lone text\n`);
  console.log('arrivals   texts/s real, simulated, ratio   p50 ms real, simulated, ratio   p95 ms real, simulated, ratio   others');
}

/** @param {{ share: number, otherWork: number }} row @param {Figures} real @param {Figures} simulated */
function printRow({ share, otherWork }, real, simulated) {
  const three = (/** @type {keyof Figures} */ name, /** @type {number} */ digits) =>
    `${real[name].toFixed(digits).padStart(9)}${simulated[name].toFixed(digits).padStart(9)}${(simulated[name] / real[name]).toFixed(2).padStart(8)}`;
  console.log(
    `${`${share * 100} %`.padStart(8)}   ${three('perSecond', 0)}      ${three('p50', 2)}      ${three('p95', 2)}   ${(otherWork * 100).toFixed(0).padStart(5)} %`,
  );
}

/** Says what the rows show; the exit code is 1 unless they show agreement. @param {readonly { otherWork: number, ratios: readonly number[] }[]} rows */
function conclude(rows) {
  const quiet = rows.filter(({ otherWork }) => otherWork <= mostOtherWork);
  const ratios = quiet.flatMap((row) => row.ratios);
  const agreeing = ratios.filter((ratio) => Math.abs(ratio - 1) <= tolerance);
  console.log(
    `\n${agreeing.length} of ${ratios.length} ratios are within ${tolerance * 100} % (times above the highest rate do not count).`,
  );
  if (quiet.length < rows.length) console.log(`${rows.length - quiet.length} of ${rows.length} rows say nothing: other programs worked.`);
  if (agreeing.length < ratios.length || quiet.length === 0) process.exitCode = 1;
}
