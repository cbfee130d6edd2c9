import { availableParallelism } from 'node:os';
import { ServiceProcess } from '../service-process.js';
import { percentile } from '../statistics.js';
import { shortTexts } from '../text-source.js';
import { conclude, printCalibration, printRow } from './agreement.js';
import { calibrate, measured, slowness } from './calibrate.js';
import { OtherLoad } from './process-cpu.js';
import { openConnections, RealLoad } from './real-load.js';
import { simulate } from './simulate.js';
import { poissonRequests } from './traffic.js';
import { oneInstance } from './walls.js';

/** Far above the highest rate, so that all connections are soon in use: then the queue has a length that does not depend on chance. */
const overload = 2;
const sharesOfHighest = [0.3, 0.5, 0.7, 0.85, overload];
/** Two runs of the service with the same requests differ, so medians are compared. */
const rounds = 3;
const runMs = 9000;
const skippedMs = 2000;
/** With more work of other programs on the machine, a run says nothing. */
const mostOtherWork = 0.05;

/** @typedef {import('./agreement.js').Figures} Figures */
/** @typedef {{ otherWork: number, real: Figures, simulated: Figures }} Comparison */
/** @typedef {{ load: RealLoad, service: import('./calibrate.js').Service, calibration: import('./calibrate.js').Calibration, parts: import('./parts.js').Parts }} Setting */

/**
 * Drives the built service with misses, and the simulation with the same requests, with constants that are measured in the same
 * run.
 *
 * @param {import('./parts.js').Parts} parts
 * @param {number} seed
 */
export async function compareWithReal(parts, seed) {
  const started = await ServiceProcess.start();
  const service = { url: started.url, pid: started.pid };
  const load = new RealLoad(started.url);
  try {
    const calibration = await calibrate(load, { service, tokens: shortTexts, seed });
    printCalibration(calibration);
    /** @type {Comparison[][]} */
    const comparisons = sharesOfHighest.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [row, share] of sharesOfHighest.entries())
        comparisons[row]?.push(await compare(share * calibration.perSecond, seed, { load, service, calibration, parts }));
    }
    report(comparisons);
  } finally {
    await started.stop();
  }
}

/** @param {readonly (readonly Comparison[])[]} rows */
function report(rows) {
  const quietRows = rows.map((row) => row.filter(({ otherWork }) => otherWork <= mostOtherWork));
  const results = quietRows.map((row, index) =>
    printRow(sharesOfHighest[index] ?? NaN, { real: row.map(({ real }) => real), simulated: row.map(({ simulated }) => simulated) }),
  );
  const loud = rows.flat().length - quietRows.flat().length;
  conclude(results.flat(), loud);
}

/** @param {number} perSecond @param {number} seed @param {Setting} setting @returns {Promise<Comparison>} */
async function compare(perSecond, seed, { load, service, calibration, parts }) {
  const traffic = { perSecond, hitRate: 0, tokens: shortTexts, textsPerRequest: 1, callers: 1 };
  const arrivals = [...poissonRequests(traffic, { seed, untilMs: runMs })];
  const others = new OtherLoad(service.pid);
  const run = await measured(service, () => load.open(arrivals.map(({ at, tokens: [tokens = 0] }) => ({ at, tokens }))));
  const otherWork = others.share();
  return { otherWork, real: figuresOf(run.exchanges), simulated: simulateSame(run, arrivals, { calibration, parts }) };
}

/** @param {readonly import('./real-load.js').Exchange[]} exchanges @returns {Figures} */
function figuresOf(exchanges) {
  const inWindow = exchanges.filter(({ at, latencyMs }) => at + latencyMs >= skippedMs && at + latencyMs < runMs);
  const latencies = inWindow.map(({ latencyMs }) => latencyMs);
  const perSecond = (inWindow.length / (runMs - skippedMs)) * 1000;
  return { perSecond, p50: percentile(latencies, 0.5), p95: percentile(latencies, 0.95) };
}

/**
 * Simulates the requests with the CPU time that each thread took when the service answered them.
 *
 * @param {import('./calibrate.js').MeasuredRun} run
 * @param {readonly import('./http-process.js').Request[]} requests
 * @param {Pick<Setting, 'calibration' | 'parts'>} setting
 * @returns {Figures}
 */
function simulateSame(run, requests, { calibration, parts }) {
  const { msPerRun, msPerToken, wideMs, meanTokens, groupTokens } = calibration;
  const slower = slowness(calibration, run);
  const costs = {
    ...parts.costs,
    missMicroseconds: (run.http / run.texts) * 1000,
    missThreadsMicroseconds: (run.threads / run.texts) * 1000,
    inferenceMsPerToken: msPerToken * slower,
  };
  const configuration = {
    ...oneInstance,
    cores: availableParallelism(),
    groupTokens,
    msPerRun: msPerRun * slower,
    wideSpeedup: (msPerRun + msPerToken * meanTokens) / wideMs,
  };
  const load = { requestMicroseconds: (run.load / run.texts) * 1000, connections: openConnections };
  const { perSecond, latencyMs } = simulate({ configuration, requests, fromMs: skippedMs, untilMs: runMs, load }, { ...parts, costs });
  return { perSecond, ...latencyMs };
}
