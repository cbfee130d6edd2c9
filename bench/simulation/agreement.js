import { availableParallelism } from 'node:os';
import { median } from '../statistics.js';

/** The simulation agrees if its median is off by no more. */
const tolerance = 0.15;
/** If the service differs from itself by more, its median is not known well enough to judge the simulation by it. */
const widestSpread = 0.3;

/** @typedef {{ perSecond: number, p50: number, p95: number }} Figures */
/** @typedef {{ ratio: number, isJudged: boolean }} Result `isJudged` is false if the service differs too much from itself. */

const names = /** @type {const} */ ([
  ['perSecond', 0],
  ['p50', 1],
  ['p95', 1],
]);

/** @param {import('./calibrate.js').Calibration} calibration */
export function printCalibration({ perSecond, wideMs, msPerRun, msPerToken, groupTokens, meanTokens }) {
  console.log(
    `Measured on this machine, of ${availableParallelism()} cores: ${perSecond.toFixed(0)} texts/s with 64 callers; inference of a`,
  );
  console.log(
    `lone text takes ${wideMs.toFixed(2)} ms on all cores, ${(msPerRun + msPerToken * meanTokens).toFixed(2)} ms on one; a group`,
  );
  console.log(`takes ${msPerRun.toFixed(2)} ms and ${msPerToken.toFixed(4)} ms for a token, and has up to ${groupTokens} tokens\n`);
  console.log('Of three runs: median (lowest to highest) of the service, median of the simulation, ratio; ~ = not judged');
  console.log(`arrivals   ${['texts/s', 'p50 ms', 'p95 ms'].map((name) => name.padEnd(44)).join('')}`);
}

/** @param {number} share of the highest rate @param {{ real: readonly Figures[], simulated: readonly Figures[] }} runs @returns {Result[]} */
export function printRow(share, { real, simulated }) {
  /** @type {Result[]} */
  const results = [];
  let line = `${Math.round(share * 100)} %`.padEnd(11);
  for (const [name, digits] of names) {
    const values = real.map((figures) => figures[name]).sort((left, right) => left - right);
    const [lowest = NaN, highest = NaN] = [values[0], values.at(-1)];
    const [own, other] = [median(values), median(simulated.map((figures) => figures[name]))];
    const result = { ratio: other / own, isJudged: highest / lowest - 1 <= widestSpread };
    const range = `(${lowest.toFixed(digits)} to ${highest.toFixed(digits)})`;
    const cell = `${own.toFixed(digits)} ${range}  ${other.toFixed(digits)}  ${result.isJudged ? '' : '~'}${result.ratio.toFixed(2)}`;
    line += cell.padEnd(44);
    results.push(result);
  }
  console.log(line);
  return results;
}

/** Says what the rows show; the exit code is 1 unless they show agreement. @param {readonly Result[]} results @param {number} loudRuns */
export function conclude(results, loudRuns) {
  const judged = results.filter(({ isJudged }) => isJudged);
  const agreeing = judged.filter(({ ratio }) => Math.abs(ratio - 1) <= tolerance);
  console.log(`\n${agreeing.length} of ${judged.length} ratios are within ${tolerance * 100} %.`);
  const notJudged = results.length - judged.length;
  if (notJudged > 0)
    console.log(`${notJudged} are not judged: the service differs from itself by more than ${widestSpread * 100} % in three runs.`);
  if (loudRuns > 0) console.log(`${loudRuns} runs do not count: other programs worked.`);
  if (agreeing.length < judged.length || judged.length === 0) process.exitCode = 1;
}
